import { Document, isAlias, isMap, isScalar, isSeq, parseDocument, Scalar, type ScalarTag } from 'yaml';
import { OpsError } from '../../base/errors.js';
import { type ExactJson, ExactNumber, parseExactJson } from '../../base/exact-json.js';

/** Prints a number with the digits it came with. */
const exactNumberTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  identify: (value) => value instanceof ExactNumber,
  // Never used for reading: reading keeps the source of each scalar.
  test: /(?!)/,
  resolve: (text) => text,
  createNode: (_schema, value) => new Scalar(value),
  stringify: ({ value }) => (value instanceof ExactNumber ? value.text : String(value)),
};

/** Plain data for the encoder: what JSON could not say is null, instants are texts. */
const plain = (value: unknown): unknown => {
  if (value === undefined || typeof value === 'function') return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  const entries: Iterable<[unknown, unknown]> = value instanceof Map ? value : Object.entries(value);
  return new Map(
    [...entries].filter(([, item]) => item !== undefined).map(([key, item]) => [String(key), plain(item)]),
  );
};

/**
 * One YAML document. Numbers keep their digits (bigint and `ExactNumber` too), NaN and Infinity are null, texts that some
 * YAML reader could take for something else are quoted, nothing is folded or aliased.
 */
export const encodeYaml = (value: unknown): string =>
  new Document(plain(value), {
    aliasDuplicateObjects: false,
    // Quotes what YAML 1.1 readers take for a boolean, a date or a number with base 60.
    compat: 'yaml-1.1',
    customTags: (tags) => [exactNumberTag, ...tags],
  }).toString({ lineWidth: 0 });

const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * The value of one YAML document with every digit: as `parseExactJson`, maps in their order. Throws `invalid_data` with
 * line and column.
 */
export const decodeYaml = (text: string): ExactJson => {
  const document = parseDocument(text, { stringKeys: true, version: '1.2' });
  const [error] = document.errors;
  if (error) {
    const [start] = error.linePos ?? [];
    const at = { line: start?.line ?? 1, column: start?.col ?? 1 };
    throw new OpsError(
      'invalid_data',
      `not valid YAML: ${firstLine(error.message)} at line ${at.line}, column ${at.column}`,
      'correct the YAML text and try again',
      { reason: 'bad_yaml', at },
    );
  }
  let aliases = 0;
  const exact = (node: unknown): ExactJson => {
    if (isAlias(node)) {
      aliases++;
      if (aliases > 100)
        throw new OpsError('invalid_data', 'not valid YAML: more than 100 aliases', 'write the values out', {
          reason: 'bad_yaml',
        });
      return exact(node.resolve(document));
    }
    if (isSeq(node)) return node.items.map(exact);
    if (isMap(node)) return new Map(node.items.map(({ key, value }) => [String(exact(key)), exact(value)]));
    if (!isScalar(node)) return null;
    const { value, source } = node;
    if (typeof value === 'number' || typeof value === 'bigint')
      return source !== undefined && jsonNumber.test(source) ? parseExactJson(source) : Number(value);
    return typeof value === 'string' || typeof value === 'boolean' ? value : null;
  };
  return exact(document.contents);
};

const firstLine = (message: string): string =>
  (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
