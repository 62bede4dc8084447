import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { slicer } from '../../../src/adapters/duckdb/pour.js';
import { type Execution, type Extent, QueryBudget } from '../../../src/core/query/index.js';
import { openStore, type Store } from './stored.js';

const folder = mkdtempSync(join(tmpdir(), 'ops-pour-'));
const device = join(folder, 'rows');
let store: Store;

const rows = (count: number, from = 0): string =>
  `SELECT i AS n, 'row ' || i || ' "quoted", with, commas' || chr(10) || 'and lines' AS s, to_json({'i': i}) AS j FROM range(${from}, ${from + count}) t(i)`;
const columns = { n: 'long', s: 'string', j: 'dynamic' } as const;

beforeAll(async () => {
  execFileSync('mkfifo', [device]);
  store = openStore({ devices: [device] });
  await store.addTable('big', columns, [
    { columns, sql: rows(300_000) },
    ...Array.from({ length: 5 }, (_, index) => ({ columns, sql: rows(100, 300_000 + index * 100) })),
    { columns: { n: 'int' as const }, sql: 'SELECT i::INTEGER AS n FROM range(1000) t(i)' },
  ]);
  await store.addTable('small', columns, [{ columns, sql: rows(10) }]);
  await store.addTable('clash', { file_row_number: 'long' }, [
    { columns: { file_row_number: 'long' }, sql: 'SELECT i AS file_row_number FROM range(30000) t(i)' },
  ]);
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const executed = async <T>(sql: string, use: (execution: Execution) => Promise<T>): Promise<T> => {
  const session = await store.session();
  const execution = await session.execute(await session.check(sql), {
    tables: store.tables,
    budget: QueryBudget.parse({}),
    signal: new AbortController().signal,
  });
  try {
    return await use(execution);
  } finally {
    await execution.close();
    await session.close();
  }
};

const collected = async (stream: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
};

/** Everything that comes out of the pipe, as one process sees it. */
const readAll = (): { bytes: Promise<Buffer>; end(): void } => {
  // A writer of our own keeps the pipe open between the slices, as the shell's does.
  const holder = openSync(device, 'r+');
  const reader = spawn('cat', [device], { stdio: ['ignore', 'pipe', 'inherit'] });
  return { bytes: collected(reader.stdout), end: () => closeSync(holder) };
};

describe('pouring', () => {
  test.each([
    'SELECT * FROM big',
    "SELECT n * 2 AS m, s FROM big WHERE n % 3 = 0 AND s LIKE 'row%'",
    'WITH a AS (FROM big) SELECT j, n FROM a',
  ])('writes the bytes of ndjson(): %s', async (sql) => {
    const expected = await executed(sql, (execution) => collected(execution.ndjson()));
    const reader = readAll();
    const count = await executed(sql, async (execution) => {
      expect(await execution.pour?.(device)).toEqual({ closed: false });
      return execution.rows();
    });
    reader.end();
    const poured = await reader.bytes;
    expect(poured.equals(expected)).toBe(true);
    expect(count).toBe(expected.toString().split('\n').length - 1);
  });

  test.each([
    'SELECT count(*) FROM big',
    'SELECT n FROM big ORDER BY n',
    'SELECT * FROM small',
    'SELECT * FROM clash',
    'FROM big UNION ALL FROM big',
    'SELECT 1',
    'EXPLAIN FROM big',
  ])('is not offered for %s', async (sql) => {
    expect(await executed(sql, async (execution) => execution.pour)).toBeUndefined();
  });

  test.each([1, 2_000_000])('ends quietly when the reader goes away after %i bytes', async (bytes) => {
    const reader = spawn('head', ['-c', String(bytes), device], { stdio: 'ignore' });
    const closed = await executed(
      'SELECT * FROM big',
      (execution) => execution.pour?.(device) ?? Promise.resolve(undefined),
    );
    expect(closed).toEqual({ closed: true });
    reader.kill();
  });

  test('leaves the table as it was', async () => {
    expect(await store.lines('SELECT count(*) AS n, max(n) AS m FROM big')).toEqual(['{"n":301500,"m":300499}']);
  });
});

const extentOf = (id: string, rowCount: number): Extent => ({
  id,
  tableId: 't',
  databaseId: 'd',
  schemaVersion: 1,
  byteSize: 1,
  rowCount,
  columnStats: {},
  presentPaths: [],
  compactionGen: 0,
  createdAt: '',
});

/** The slices of these limits, the last limit for all others. */
const sliced = (extents: readonly Extent[], limits: readonly number[]) => {
  const next = slicer(extents);
  const slices: (readonly [string, number | undefined, number | undefined])[] = [];
  for (let slice = next(limits[0] ?? 0); slice; slice = next(limits[slices.length] ?? limits.at(-1) ?? 0))
    slices.push([slice.extents.map(({ id }) => id).join(), slice.rows?.from, slice.rows?.to]);
  return slices;
};

describe('slices', () => {
  const extents = [
    extentOf('a', 400_000),
    extentOf('b', 10),
    extentOf('c', 10),
    extentOf('d', 368_630),
    extentOf('e', 0),
  ];
  test('keep the order, begin small, and end where groups of rows end', () => {
    expect(sliced(extents, [8_192, 368_640])).toEqual([
      ['a', 0, 8_192],
      ['a', 8_192, 368_640],
      ['a', 368_640, 400_000],
      ['b,c', undefined, undefined],
      ['d,e', undefined, undefined],
    ]);
    expect(sliced([extentOf('a', 200_000)], [100_000])).toEqual([
      ['a', 0, 100_000],
      ['a', 100_000, 122_880],
      ['a', 122_880, 200_000],
    ]);
  });
  test('hold every row once, whatever the limits', () => {
    const sizes = fc.array(fc.nat(500_000), { maxLength: 8 });
    const limits = fc.array(fc.integer({ min: 2_000, max: 400_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sizes, limits, (rowCounts, most) => {
        const all = rowCounts.map((rowCount, index) => extentOf(String(index), rowCount));
        const seen = sliced(all, most).flatMap(([ids, from = 0, to]) =>
          ids.split(',').map((id) => ({ id, from, to: to ?? rowCounts[Number(id)] ?? 0 })),
        );
        const expected = new Map(rowCounts.map((_, index) => [String(index), 0]));
        for (const { id, from, to } of seen) {
          expect(expected.get(id)).toBe(from);
          expected.set(id, to);
        }
        expect([...expected.values()]).toEqual(rowCounts);
        const order = seen.map(({ id }) => Number(id));
        expect(order).toEqual([...order].sort((a, b) => a - b));
      }),
    );
  });
});
