import { OpsError } from '../../../base/errors.js';
import { ObjectName } from '../model.js';
import type { FileFormat, FileSource } from '../ports.js';
import { formatByName } from './format.js';

/** One word of `--from`: `FILE`, `NAME=FILE`, `-`. */
export interface FromWord {
  /** Given by the user; undefined = made from the file's name. */
  readonly name: string | undefined;
  /** `-` is stdin. */
  readonly path: string;
}

/**
 * `NAME=FILE` where what stands before the first `=` can be a table name, else `FILE`; a file whose own name looks like
 * that is reached as `./a=b.log`. Throws `usage` for an empty path.
 */
export const parseFromWord = (word: string): FromWord => {
  const equals = word.indexOf('=');
  const before = word.slice(0, Math.max(equals, 0));
  const named = equals > 0 && ObjectName.safeParse(before).success;
  const path = named ? word.slice(equals + 1) : word;
  if (path === '')
    throw new OpsError('usage', `--from: "${word}" names no file`, 'use --from FILE or --from NAME=FILE');
  return { name: named ? before : undefined, path };
};

/**
 * Table name made of a file's name: without the extensions that say format and compression, each character that a table
 * name may not hold as `_`, `_` before a leading digit or `-`. `-` (stdin) is `stdin`.
 *
 * @example tableNameOf('/var/log/2026-11 api.ndjson.gz') // '_2026-11_api'
 */
export const tableNameOf = (path: string): string => {
  if (path === '-') return 'stdin';
  const { stem, format } = formatByName(path);
  const dot = stem.lastIndexOf('.');
  const bare = format === undefined && dot > 0 ? stem.slice(0, dot) : stem;
  const valid = bare.replace(/[^A-Za-z0-9_-]/g, '_').replace(/^(?=[0-9-])/, '_');
  return (valid === '' ? '_' : valid).slice(0, 120);
};

const taken = (names: readonly string[], name: string): boolean =>
  names.some((other) => other.toLowerCase() === name.toLowerCase());

const free = (names: readonly string[], wanted: string): string => {
  if (!taken(names, wanted)) return wanted;
  throw new OpsError('usage', `--from: two files would be table "${wanted}"`, 'name one of them: --from NAME=FILE');
};

/**
 * The tables of `--from` words, in their order. Two of one name are `usage`, as is stdin twice: an answer about the wrong
 * file would be worse than none. Case does not tell names apart.
 */
export const fileTables = (
  words: readonly string[],
  { stdin, format }: { readonly stdin: AsyncIterable<Uint8Array>; readonly format?: FileFormat | undefined },
): readonly FileSource[] => {
  const parsed = words.map(parseFromWord);
  const names = parsed.flatMap(({ name }) => name ?? []);
  const twice = names.find((name, index) => taken(names.slice(0, index), name));
  if (twice !== undefined)
    throw new OpsError('usage', `--from: two files have the name "${twice}"`, 'give each file a NAME= of its own');
  if (parsed.filter(({ path }) => path === '-').length > 1)
    throw new OpsError('usage', '--from: stdin (-) is named twice', 'read it once; a query may use a table many times');
  return parsed.map(({ name, path }) => {
    const table = name ?? free(names, tableNameOf(path));
    if (name === undefined) names.push(table);
    return { name: table, ...(path === '-' ? { stream: stdin } : { path }), ...(format && { format }) };
  });
};
