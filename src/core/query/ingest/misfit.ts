import type { ColumnType } from '../model.js';
import { kind } from './scan-types.js';
import { type WidenFacts, widenType } from './widen.js';

const words = [
  [kind.bool, 'a boolean'],
  [kind.int, 'an integer'],
  [kind.fraction, 'a number with a fraction, an exponent or more than 64 bit'],
  [kind.timestamp, 'a timestamp'],
  [kind.text, 'text'],
  [kind.nested, 'an object or array'],
  [kind.beyond32, 'an integer of more than 32 bit'],
  [kind.farEpoch, 'an integer that stands for an instant before the year 1'],
] as const;

const valueBits = [kind.bool, kind.int, kind.fraction, kind.timestamp, kind.text, kind.nested];

/** Those of `kinds` that a column of this type, which may not widen, cannot hold; empty where it holds all. */
export const misfitBits = (type: ColumnType, kinds: number, facts: WidenFacts): readonly number[] => {
  const alone = valueBits.filter((bit) => kinds & bit && widenType(type, bit, facts) !== type);
  if (alone.length > 0 || widenType(type, kinds, facts) === type) return alone;
  // An integer that fits by its kind can only be too big.
  return [type === 'datetime' ? kind.farEpoch : kind.beyond32];
};

/** Why a value of one of these kinds is refused, for people. */
export const misfitText = (type: ColumnType, bit: number): string => {
  const noInstant = type === 'datetime' && bit === kind.text;
  const what = noInstant
    ? 'text that is no RFC 3339 time with a zone in the years 1 to 9999'
    : words.find(([value]) => value === bit)?.[1];
  return `${what ?? 'the value'} does not fit`;
};
