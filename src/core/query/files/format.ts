import { OpsError } from '../../../base/errors.js';
import type { FileFormat } from '../ports.js';
import { parseLogfmtLine } from './logfmt.js';

export type Compression = 'gzip' | 'zstd';

/** What a file's name says; `format` is undefined where only the content can tell. */
export interface NamedFormat {
  readonly format: FileFormat | undefined;
  readonly compression: Compression | undefined;
  /** The name says JSON but not one object per line: an array or one long object is fine too. */
  readonly anyJson: boolean;
  /** Base name without the extensions that were understood. */
  readonly stem: string;
}

const compressions: Readonly<Record<string, Compression>> = { gz: 'gzip', zst: 'zstd' };

const formats: Readonly<Record<string, FileFormat>> = {
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  json: 'ndjson',
  csv: 'csv',
  tsv: 'tsv',
  parquet: 'parquet',
  logfmt: 'logfmt',
  log: 'text',
  txt: 'text',
  klog: 'text',
};

const names: Readonly<Record<FileFormat, true>> = {
  ndjson: true,
  csv: true,
  tsv: true,
  parquet: true,
  logfmt: true,
  text: true,
};

const isFormat = (word: string): word is FileFormat => Object.hasOwn(names, word);

/** The format that `--format` names. Throws `usage`. */
export const parseFileFormat = (word: string): FileFormat => {
  if (isFormat(word)) return word;
  throw new OpsError(
    'usage',
    `--format: "${word}" is not a file format`,
    `use one of ${Object.keys(names).join(', ')}`,
  );
};

const cut = (name: string): readonly [stem: string, extension: string] => {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1).toLowerCase()];
};

/**
 * Reads a path's last part from behind: `.gz` or `.zst`, then the format.
 *
 * @example formatByName('logs/api.ndjson.gz') // { format: 'ndjson', compression: 'gzip', stem: 'api', … }
 */
export const formatByName = (path: string): NamedFormat => {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const [inner, last] = cut(base);
  const compression = Object.hasOwn(compressions, last) ? compressions[last] : undefined;
  const name = compression ? inner : base;
  const [stem, extension] = cut(name);
  return {
    format: Object.hasOwn(formats, extension) ? formats[extension] : undefined,
    compression,
    anyJson: extension === 'json',
    stem,
  };
};

const isObject = (line: string): boolean => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

const isLogfmt = (line: string): boolean => {
  const parsed = parseLogfmtLine(line);
  return parsed.ok && parsed.pairs.length > 1 && parsed.bare === 0;
};

/** The whole lines of a sample, without blank ones; a single cut line counts as whole where the sample is all there is. */
const sampleLines = (sample: string, complete: boolean): readonly string[] => {
  const lines = sample.split('\n');
  if (!complete) lines.pop();
  return lines.map((line) => line.trim()).filter((line) => line !== '');
};

/**
 * What the beginning of a file looks like: JSON (lines, an array, or one long object), logfmt where every line is
 * nothing but two or more `key=value`, else text. `complete` where the sample is the whole file.
 */
export const sniffFormat = (sample: string, complete: boolean): 'ndjson' | 'logfmt' | 'text' => {
  const text = sample.replace(/^\uFEFF/, '');
  if (/^\s*(\{\s*["}]|\[\s*\{)/.test(text)) return 'ndjson';
  const lines = sampleLines(text, complete).slice(0, 50);
  return lines.length > 0 && lines.every(isLogfmt) ? 'logfmt' : 'text';
};

const opensMoreThanItCloses = (line: string): boolean => {
  const outside = line.replace(/"(?:[^"\\]|\\.)*"/g, '');
  const count = (pattern: RegExp): number => outside.match(pattern)?.length ?? 0;
  return count(/[{[]/g) > count(/[}\]]/g);
};

/**
 * Whether JSON text is one object per line, or a document: an array of objects, or objects spread over lines. A first
 * line that is no whole object but closes what it opens is a broken line, not a document.
 */
export const jsonShape = (sample: string, complete: boolean): 'lines' | 'document' => {
  const text = sample.replace(/^\uFEFF/, '').trimStart();
  if (text.startsWith('[')) return 'document';
  const first = sampleLines(text, complete)[0];
  if (first === undefined || isObject(first)) return 'lines';
  return opensMoreThanItCloses(first) ? 'document' : 'lines';
};
