import { type KeyScan, kind } from '../ingest/index.js';
import type { ColumnType } from '../model.js';

/** A column of a file as its values ask for it. */
export interface FileColumn {
  /** As first spelled. */
  readonly name: string;
  readonly type: ColumnType;
}

const scalars = kind.bool | kind.int | kind.fraction | kind.timestamp | kind.text | kind.nested;

/**
 * The type that holds every value of these kinds without loss (`kyma` §1.3 rules 2 and 3): any object or array makes
 * the column dynamic, a mix of scalars makes it string, integers beyond 2^53 beside fractions too. A column of nothing
 * but nulls is a string: a question that names it gets nulls, not an error.
 */
export const fileColumnType = (kinds: number): ColumnType => {
  const seen = kinds & scalars;
  if (seen & kind.nested) return 'dynamic';
  if (seen === kind.bool) return 'bool';
  if (seen === kind.int) return 'long';
  if (seen === kind.timestamp) return 'datetime';
  const number = seen !== 0 && (seen & ~(kind.int | kind.fraction)) === 0;
  return number && (kinds & kind.bigInt) === 0 ? 'real' : 'string';
};

/** Columns in the order of their first appearance. */
export const fileColumns = (keys: readonly KeyScan[]): readonly FileColumn[] =>
  keys.map(({ key, kinds }) => ({ name: key, type: fileColumnType(kinds) }));

/** Lower-case names of the columns that one list has and the other lacks or has with another type or spelling. */
export const differingColumns = (a: readonly FileColumn[], b: readonly FileColumn[]): ReadonlySet<string> => {
  const described = (columns: readonly FileColumn[]): Map<string, string> =>
    new Map(columns.map(({ name, type }) => [name.toLowerCase(), `${type} ${name}`]));
  const [left, right] = [described(a), described(b)];
  return new Set([...left.keys(), ...right.keys()].filter((name) => left.get(name) !== right.get(name)));
};
