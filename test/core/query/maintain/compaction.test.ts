import fc from 'fast-check';
import { expect, test } from 'vitest';
import { everyMerge, worthwhileMerges } from '../../../../src/core/query/maintain/compaction.js';
import { expired } from '../../../../src/core/query/maintain/retention.js';
import { extent } from '../extent-fixtures.js';

const sized = (...rows: number[]) =>
  rows.map((rowCount, index) => extent(`e${index}`, { rowCount, byteSize: rowCount }));
const limits = { maxRows: 1_000, maxBytes: 1_000_000 };
const ids = (runs: readonly (readonly { id: string }[])[]) => runs.map((run) => run.map(({ id }) => id));

test.each([
  ['neighbours that fit together are merged', [100, 200, 300], [['e0', 'e1', 'e2']]],
  [
    'a run ends where the limit is reached',
    [600, 300, 300, 300],
    [
      ['e0', 'e1'],
      ['e2', 'e3'],
    ],
  ],
  ['a full extent stays as it is', [1_000, 1_000], []],
  ['one extent is nothing to merge', [10], []],
  ['none is nothing to merge', [], []],
])('%s', (_, rows, runs) => {
  expect(ids(everyMerge(sized(...rows), limits))).toEqual(runs);
});

test.each([
  ['a large extent is not rewritten for a few rows', [900, 1, 1, 1], 0],
  ['small ones that together weigh a quarter of the largest are', [400, 50, 50], 1],
  ['two are not worth it', [10, 10], 0],
  ['too many files are, whatever they weigh', [900, ...Array.from({ length: 63 }, () => 1)], 1],
])('in the background %s', (_, rows, count) => {
  expect(worthwhileMerges(sized(...rows), limits)).toHaveLength(count);
});

test('merging keeps every extent in its order and within the limit', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1_000 })), (rows) => {
      const given = sized(...rows);
      for (const run of everyMerge(given, limits)) {
        expect(run.reduce((sum, { rowCount }) => sum + rowCount, 0)).toBeLessThanOrEqual(limits.maxRows);
        const first = given.findIndex(({ id }) => id === run[0]?.id);
        expect(given.slice(first, first + run.length)).toEqual(run);
      }
    }),
  );
});

const now = new Date('2026-11-21T12:00:00Z');

test.each([
  ['older than kept', { maxTimestamp: '2026-11-14T11:59:59Z' }, true],
  ['exactly as old as kept', { maxTimestamp: '2026-11-14T12:00:00Z' }, false],
  ['newer', { maxTimestamp: '2026-11-20T00:00:00Z' }, false],
  ['of unknown range but old by its creation', { createdAt: '2026-11-01T00:00:00Z' }, true],
  ['of unknown range and new', { createdAt: '2026-11-21T00:00:00Z' }, false],
])('an extent %s with 7 days of retention expires: %j', (_, rest, gone) => {
  expect(expired([extent('e', rest)], { retentionDays: 7, now })).toHaveLength(gone ? 1 : 0);
});
