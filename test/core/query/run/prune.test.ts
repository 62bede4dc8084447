import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Comparison } from '../../../../src/core/query/index.js';
import { instantNanos, prune } from '../../../../src/core/query/run/prune.js';
import { column, extent, snapshot, withStats } from '../extent-fixtures.js';

const where = (name: string, op: Comparison['op'], ...values: string[]): Comparison => ({
  table: 'logs',
  column: name,
  op,
  values,
});

const kept = (
  stats: { min?: string; max?: string; nullCount?: number },
  { type, comparison }: { type: Parameters<typeof column>[1]; comparison: Comparison },
): boolean =>
  prune(snapshot([withStats('e', { c: stats })], [column('c', type)]), [comparison]).snapshot.extents.length === 1;

describe('an extent is kept exactly where its range can hold a match', () => {
  test.each([
    ['long', '10', '20', '=', ['9'], false],
    ['long', '10', '20', '=', ['10'], true],
    ['long', '10', '20', '=', ['20'], true],
    ['long', '10', '20', '=', ['21'], false],
    ['long', '10', '20', '<', ['10'], false],
    ['long', '10', '20', '<=', ['10'], true],
    ['long', '10', '20', '>', ['20'], false],
    ['long', '10', '20', '>=', ['20'], true],
    ['long', '10', '20', 'in', ['1', '2'], false],
    ['long', '10', '20', 'in', ['1', '15'], true],
    ['long', '9007199254740992', '9007199254740992', '=', ['9007199254740993'], false],
    ['long', '10', '20', '>', ['19.5'], true],
    ['real', '0.5', '1.5', '>', ['1.5'], false],
    ['real', '-1e300', '1e300', '=', ['0'], true],
    ['datetime', '2026-11-20T00:00:00Z', '2026-11-20T01:00:00Z', '>=', ['2026-11-20T01:00:00Z'], true],
    ['datetime', '2026-11-20T00:00:00Z', '2026-11-20T01:00:00Z', '>', ['2026-11-20T01:00:00.000001Z'], false],
    ['datetime', '2026-11-20T00:00:00Z', '2026-11-20T01:00:00.5Z', '>', ['2026-11-20T01:00:00.25Z'], true],
    ['string', 'a', 'm', '=', ['z'], false],
    ['string', 'a', 'm', '=', ['M'], false],
    ['string', 'Z', 'm', '=', ['a'], true],
    ['bool', 'false', 'false', '=', ['true'], false],
    ['bool', 'false', 'true', '=', ['true'], true],
  ] as const)('%s [%s, %s] %s %j: %s', (type, min, max, op, values, holds) => {
    expect(kept({ min, max }, { type, comparison: where('c', op, ...values) })).toBe(holds);
  });

  test('text is compared by its UTF-8 bytes, not by UTF-16 units', () => {
    // U+FF5E sorts before U+1F600 in UTF-8, after it in UTF-16.
    expect(
      kept({ min: '\uFF5E', max: '\u{1F600}' }, { type: 'string', comparison: where('c', '=', '\u{1F5FF}') }),
    ).toBe(true);
  });
});

describe('what is not known prunes nothing', () => {
  const eq = where('c', '=', '1');
  test.each([
    ['no statistics at all', snapshot([extent('e')], [column('c', 'long')])],
    [
      'statistics of a type that has widened since',
      snapshot(
        [withStats('e', { c: { min: '5', max: '6' } })],
        [column('c', 'string')],
        new Map([[1, [column('c', 'long')]]]),
      ),
    ],
    ['a dynamic column', snapshot([withStats('e', { c: { min: '5', max: '6' } })], [column('c', 'dynamic')])],
    [
      'a comparison of another column',
      snapshot([withStats('e', { d: { min: '5', max: '6' } })], [column('c', 'long'), column('d', 'long')]),
    ],
    [
      'an unknown schema version',
      snapshot([withStats('e', { c: { min: '5', max: '6' } }, { schemaVersion: 7 })], [column('c', 'long')]),
    ],
    [
      'a constant that is no number',
      snapshot([withStats('e', { c: { min: '5', max: '6' } })], [column('c', 'datetime')]),
    ],
  ])('%s', (_, given) => {
    expect(prune(given, [eq]).snapshot.extents).toHaveLength(1);
  });
});

test('an extent that lacks the column, or has only nulls in it, cannot match', () => {
  const columns = [column('c', 'long')];
  const lacking = snapshot([extent('e')], columns, new Map([[1, [column('d', 'long')]]]));
  const nulls = snapshot([withStats('e', { c: { nullCount: 10 } })], columns);
  expect(prune(lacking, [where('c', '=', '1')]).snapshot.extents).toEqual([]);
  expect(prune(nulls, [where('c', '=', '1')]).snapshot.extents).toEqual([]);
});

test('the plan names the comparisons that removed extents', () => {
  const given = snapshot(
    [withStats('a', { c: { min: '1', max: '2' } }), withStats('b', { c: { min: '5', max: '6' } })],
    [column('c', 'long')],
  );
  expect(prune(given, [where('c', '>', '4'), where('c', '<', '9')]).by).toEqual(['c > 4']);
});

test('pruning never loses a row, whatever the values and the comparison', () => {
  const ops = ['=', '<', '<=', '>', '>=', 'in'] as const;
  const holds = (value: bigint, op: (typeof ops)[number], values: readonly bigint[]): boolean => {
    const [first = 0n] = values;
    if (op === 'in') return values.includes(value);
    return { '=': value === first, '<': value < first, '<=': value <= first, '>': value > first, '>=': value >= first }[
      op
    ];
  };
  const value = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1 }),
      fc.constantFrom(...ops),
      fc.array(value, { minLength: 1, maxLength: 3 }),
      (rows, op, values) => {
        const sorted = [...rows].sort((a, b) => (a < b ? -1 : 1));
        const stats = { min: String(sorted[0]), max: String(sorted[sorted.length - 1]) };
        const survives = kept(stats, { type: 'long', comparison: where('c', op, ...values.map(String)) });
        expect(survives || !rows.some((row) => holds(row, op, values))).toBe(true);
      },
    ),
  );
});

test.each([
  ['1970-01-01T00:00:00Z', 0n],
  ['1970-01-01T00:00:00.000000001Z', 1n],
  ['1970-01-01T01:00:00+01:00', 0n],
  ['2026-11-21T12:00:00.5Z', 1_795_262_400_500_000_000n],
  ['yesterday', undefined],
  ['2026-11-21 12:00:00', undefined],
] as const)('%s is %s nanoseconds', (text, nanos) => {
  expect(instantNanos(text)).toBe(nanos);
});
