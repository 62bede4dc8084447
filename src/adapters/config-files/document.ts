import { type Document, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import { OpsError } from '../../base/errors.js';
import type { ConfigFault, Parsed } from '../../core/config/index.js';

/** A YAML document and its values after `parse`. Throws `invalid_data` with file, place, key and value. */
export const readDocument = <T>(
  file: string,
  text: string,
  parse: (value: unknown) => Parsed<T>,
): { readonly document: Document.Parsed; readonly value: T } => {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = syntaxFault(file, document);
  if (broken) throw broken;
  const parsed = parse(document.toJS());
  if (!parsed.ok) throw valueFault(file, parsed.fault, { document, lines });
  return { document, value: parsed.value };
};

/** The first mistake of a text that is no YAML. Undefined for good YAML. */
const syntaxFault = (file: string, document: Document.Parsed): OpsError | undefined => {
  const [error] = document.errors;
  if (!error) return undefined;
  const [start] = error.linePos ?? [];
  const at = { line: start?.line ?? 1, column: start?.col ?? 1 };
  const what = (error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
  return new OpsError(
    'invalid_data',
    `config file ${file}:${at.line}:${at.column} is not valid YAML: ${what}`,
    `correct line ${at.line}, then check it with \`ops config list\``,
    { reason: 'config_invalid', at },
  );
};

/** A mistake in the values, with the place of the value in its file. */
const valueFault = (
  file: string,
  fault: ConfigFault,
  { document, lines }: { readonly document: Document.Parsed; readonly lines: LineCounter },
): OpsError => {
  const at = placeOf(fault.path, document, lines);
  const where = at ? `${file}:${at.line}:${at.column}` : file;
  const key = fault.path.length > 0 ? `${fault.path.join('.')}: ` : '';
  return new OpsError('invalid_data', `config file ${where}: ${key}${fault.message}`, fault.hint, {
    reason: 'config_invalid',
    at,
    details: { file, key: fault.path.join('.') },
  });
};

const placeOf = (path: readonly string[], document: Document.Parsed, lines: LineCounter) => {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  const last = path.at(-1);
  const items: readonly unknown[] =
    typeof parent === 'object' && parent !== null && 'items' in parent && Array.isArray(parent.items)
      ? parent.items
      : [];
  const key = items.filter(isPair).find((pair) => String(pair.key) === last)?.key;
  const start = isNode(key) ? key.range?.[0] : undefined;
  if (start === undefined) return undefined;
  const { line, col } = lines.linePos(start);
  return { line, column: col };
};
