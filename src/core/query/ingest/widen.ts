import type { ColumnType } from '../model.js';
import { kind } from './scan-types.js';

/** What a column's values have been so far, as far as widening must know. */
export interface WidenFacts {
  /** True where the column already holds integers beyond ±2^53: as reals they would be rounded. */
  readonly holdsBigInts: boolean;
}

type Row = Readonly<Record<'bool' | 'int' | 'fraction' | 'timestamp' | 'text' | 'nested', ColumnType>>;

// Type of a column after one value of a kind: `kyma` rule 3, row by row. `int` is that of 32 bit.
const widened: Readonly<Record<ColumnType, Row>> = {
  bool: { bool: 'bool', int: 'string', fraction: 'string', timestamp: 'string', text: 'string', nested: 'dynamic' },
  int: { bool: 'string', int: 'int', fraction: 'real', timestamp: 'string', text: 'string', nested: 'dynamic' },
  long: { bool: 'string', int: 'long', fraction: 'real', timestamp: 'string', text: 'string', nested: 'dynamic' },
  real: { bool: 'string', int: 'real', fraction: 'real', timestamp: 'string', text: 'string', nested: 'dynamic' },
  datetime: {
    bool: 'string',
    int: 'datetime', // as epoch
    fraction: 'string',
    timestamp: 'datetime',
    text: 'string',
    nested: 'dynamic',
  },
  string: { bool: 'string', int: 'string', fraction: 'string', timestamp: 'string', text: 'string', nested: 'string' },
  dynamic: {
    bool: 'dynamic',
    int: 'dynamic',
    fraction: 'dynamic',
    timestamp: 'dynamic',
    text: 'dynamic',
    nested: 'dynamic',
  },
};

const valueKinds = ['bool', 'int', 'fraction', 'timestamp', 'text', 'nested'] as const;

/**
 * The one type for values of both: int→long→real, any other two scalars string, a scalar beside dynamic dynamic.
 * Commutative and associative.
 */
export const joinTypes = (a: ColumnType, b: ColumnType): ColumnType => {
  if (a === b) return a;
  if (a === 'dynamic' || b === 'dynamic') return 'dynamic';
  const numbers: readonly ColumnType[] = ['int', 'long', 'real'];
  const wider = Math.max(numbers.indexOf(a), numbers.indexOf(b));
  return numbers.includes(a) && numbers.includes(b) ? (numbers[wider] ?? 'string') : 'string';
};

const widenBy = (type: ColumnType, name: (typeof valueKinds)[number], kinds: number): ColumnType => {
  if (type === 'int' && name === 'int' && kinds & kind.beyond32) return 'long';
  if (type === 'datetime' && name === 'int' && kinds & kind.farEpoch) return 'string';
  return widened[type][name];
};

/**
 * Type of a column that has `type` and gets values of `kinds`; `type` itself where all of them fit. Kinds of one batch
 * have no order: where their results differ, the join of them holds them all. Integers beyond ±2^53 never become real
 * by widening: the column becomes string, digit for digit.
 */
export const widenType = (type: ColumnType, kinds: number, { holdsBigInts }: WidenFacts): ColumnType => {
  const results = valueKinds.filter((name) => kinds & kind[name]).map((name) => widenBy(type, name, kinds));
  if (results.length === 0 || type === 'string') return type;
  const joined = results.reduce(joinTypes);
  const roundsIntegers = joined === 'real' && type !== 'real' && (holdsBigInts || (kinds & kind.bigInt) !== 0);
  return roundsIntegers ? 'string' : joinTypes(type, joined);
};

const firstTypes = [
  ['bool', 'bool'],
  ['int', 'long'],
  ['fraction', 'real'],
  ['timestamp', 'datetime'],
  ['text', 'string'],
  ['nested', 'dynamic'],
] as const;

/** Type of a new column from all its values; undefined while every one is null. */
export const inferType = (kinds: number): ColumnType | undefined => {
  const types = firstTypes.filter(([name]) => kinds & kind[name]).map(([, type]): ColumnType => type);
  if (types.length === 0) return undefined;
  const joined = types.reduce(joinTypes);
  return joined === 'real' && kinds & kind.bigInt ? 'string' : joined;
};

/** How a stored value of one type reads as another; undefined where widening never leads there. */
export type CastUp = 'same' | 'number' | 'text' | 'json';

/** The way from an older extent's column type up to the table's present one. */
export const castUp = (from: ColumnType, to: ColumnType): CastUp | undefined => {
  if (from === to) return 'same';
  if (joinTypes(from, to) !== to) return undefined;
  if (to === 'dynamic') return 'json';
  return to === 'string' ? 'text' : 'number';
};
