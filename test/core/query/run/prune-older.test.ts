import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Extent, TableSnapshot } from '../../../../src/core/query/index.js';
import { pruneOlder } from '../../../../src/core/query/run/prune-older.js';
import { column, extent, snapshot, withStats } from '../extent-fixtures.js';

const at = (second: number): string => new Date(Date.UTC(2026, 2, 1) + second * 1_000).toISOString();

/** An extent whose rows lie between two seconds, `nulls` of them without a time. */
const between = (
  id: string,
  [min, max]: readonly [number, number],
  { rows = 10, nulls = 0 }: { readonly rows?: number; readonly nulls?: number } = {},
): Extent => withStats(id, { at: { min: at(min), max: at(max), nullCount: nulls } }, { rowCount: rows });

const ofTime = (extents: readonly Extent[]): TableSnapshot => {
  const made = snapshot(extents, [column('at', 'datetime'), column('n', 'long')]);
  return { ...made, table: { ...made.table, timeColumn: 'at' } };
};

const kept = (extents: readonly Extent[], rows: number): string =>
  pruneOlder(ofTime(extents), rows)
    .extents.map(({ id }) => id)
    .join('');

test.each<[string, readonly Extent[], number, string]>([
  ['the last of three holds enough', [between('a', [0, 9]), between('b', [10, 19]), between('c', [20, 29])], 10, 'c'],
  [
    'one row more takes the one before',
    [between('a', [0, 9]), between('b', [10, 19]), between('c', [20, 29])],
    11,
    'bc',
  ],
  ['more than there are', [between('a', [0, 9]), between('b', [10, 19])], 21, 'ab'],
  ['an earlier commit may hold later times', [between('a', [50, 59]), between('b', [10, 19])], 5, 'a'],
  ['one that reaches into the time is read', [between('a', [0, 20]), between('b', [20, 29])], 10, 'ab'],
  ['rows without a time do not count', [between('a', [0, 9]), between('b', [10, 19], { nulls: 9 })], 2, 'ab'],
  ['an extent that tells nothing is read', [extent('a'), between('b', [0, 9]), between('c', [20, 29])], 1, 'ac'],
  [
    'no count of nulls is no count of rows',
    [between('a', [0, 9]), withStats('b', { at: { min: at(10), max: at(19) } })],
    1,
    'ab',
  ],
])('%s', (_, extents, rows, ids) => {
  expect(kept(extents, rows)).toBe(ids);
});

test('a table without a time column keeps all of its extents', () => {
  const made = snapshot([between('a', [0, 9]), between('b', [10, 19])], [column('at', 'datetime')]);
  expect(pruneOlder(made, 1)).toBe(made);
});

test('the newest rows are never in an extent that is left out', () => {
  const times = fc.array(fc.option(fc.integer({ min: 0, max: 30 }), { nil: undefined, freq: 4 }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(fc.array(times, { maxLength: 8 }), fc.integer({ min: 1, max: 12 }), (rowsByExtent, rows) => {
      const extents = rowsByExtent.map((seconds, index) => {
        const known = seconds.filter((second) => second !== undefined);
        const range = known.length > 0 ? { min: at(Math.min(...known)), max: at(Math.max(...known)) } : {};
        const stats = { at: { ...range, nullCount: seconds.length - known.length } };
        return withStats(String(index), stats, { rowCount: seconds.length });
      });
      const newest = (ids: ReadonlySet<string>) =>
        rowsByExtent
          .flatMap((seconds, index) => (ids.has(String(index)) ? seconds.map((second) => second ?? -1) : []))
          .sort((a, b) => b - a)
          .slice(0, rows);
      const all = new Set(extents.map(({ id }) => id));
      const read = new Set(pruneOlder(ofTime(extents), rows).extents.map(({ id }) => id));
      expect(newest(read)).toEqual(newest(all));
    }),
  );
});
