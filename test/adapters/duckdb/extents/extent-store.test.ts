import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { extentStore } from '../../../../src/adapters/duckdb/extents/extent-store.js';
import { extentPath } from '../../../../src/adapters/duckdb/extents/paths.js';
import type { ColumnReading, ColumnSource, ColumnType, StagedExtent } from '../../../../src/core/query/index.js';
import { column, table } from '../../../core/query/extent-fixtures.js';

let dataDir = '';
let store: ReturnType<typeof extentStore>;
let ids = 0;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'ops-extents-'));
  ids = 0;
  store = extentStore({ dataDir, newId: () => `x${++ids}` });
});
afterEach(async () => {
  await store.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const source = (key: string, type: ColumnType, reading: ColumnReading = 'as_is'): ColumnSource => ({
  column: column(key, type),
  key,
  reading,
});

const stage = (
  lines: readonly string[],
  sources: readonly ColumnSource[],
  timeColumn?: string,
): Promise<StagedExtent> =>
  store.stageRows({
    table: table(sources.map(({ column: { name, type } }) => column(name, type))),
    bodies: [Buffer.from(lines.join('\n'))],
    sources,
    timeColumn,
    presentPaths: sources.map(({ key }) => key),
    longestLine: Math.max(...lines.map(({ length }) => length)),
    rows: lines.length,
  });

const rowsOf = async (path: string): Promise<string[]> => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run("SET TimeZone = 'UTC'");
  const reader = await connection.runAndReadAll(`SELECT to_json(r) AS j FROM read_parquet('${path}') r`);
  return reader.getRowObjects().map(({ j }) => String(j));
};

const files = (): string[] =>
  readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

describe('rows become columns as the plan says', () => {
  test.each<[string, ColumnType, ColumnReading, readonly string[], readonly string[]]>([
    ['integers', 'long', 'as_is', ['1', '9223372036854775807', 'null'], ['1', '9223372036854775807', 'null']],
    ['integers into reals', 'real', 'as_is', ['1', '2.5', 'null'], ['1.0', '2.5', 'null']],
    ['booleans', 'bool', 'as_is', ['true', 'false', 'null'], ['true', 'false', 'null']],
    ['text', 'string', 'as_is', ['"a"', '"\\u00e9\\n"', 'null'], ['"a"', '"é\\n"', 'null']],
    [
      'anything into text',
      'string',
      'text_form',
      ['1', 'true', '{"a": [1, 2]}'],
      ['"1"', '"true"', '"{\\"a\\":[1,2]}"'],
    ],
    [
      'instants of any zone',
      'datetime',
      'as_is',
      ['"2026-11-21T12:00:00.123456+02:00"', 'null'],
      ['"2026-11-21 10:00:00.123456+00"', 'null'],
    ],
    [
      'epochs by their size',
      'datetime',
      'epoch_or_text',
      ['1795262400', '1795262400123', '1795262400123456', '1795262400123456789'],
      [
        '"2026-11-21 12:00:00+00"',
        '"2026-11-21 12:00:00.123+00"',
        '"2026-11-21 12:00:00.123456+00"',
        '"2026-11-21 12:00:00.123456+00"',
      ],
    ],
    [
      'the first and the last epochs',
      'datetime',
      'epoch_or_text',
      ['-62135596800', '-62135596800000', '-62135596800000000', '-9223372036854775808', '9223372036854775807'],
      [
        '"0001-01-01 00:00:00+00"',
        '"0001-01-01 00:00:00+00"',
        '"0001-01-01 00:00:00+00"',
        '"1677-09-21 00:12:43.145224+00"',
        '"2262-04-11 23:47:16.854775+00"',
      ],
    ],
    [
      'the first and the last instants',
      'datetime',
      'as_is',
      ['"0000-12-31T23:00:00-01:00"', '"9999-12-31T23:59:59.9999999Z"'],
      ['"0001-01-01 00:00:00+00"', '"9999-12-31 23:59:59.999999+00"'],
    ],
    [
      'epochs and text in one column',
      'datetime',
      'epoch_or_text',
      ['0', '"1970-01-01T00:00:01Z"', 'null'],
      ['"1970-01-01 00:00:00+00"', '"1970-01-01 00:00:01+00"', 'null'],
    ],
    [
      'objects, exact beyond 64 bit',
      'dynamic',
      'as_is',
      ['{"n":12345678901234567890123}', 'null', '"text"', '1'],
      ['{"n":12345678901234567890123}', 'null', '"text"', '1'],
    ],
  ])('%s', async (_, type, reading, values, expected) => {
    const staged = await stage(
      values.map((value) => `{"v":${value}}`),
      [source('v', type, reading)],
    );
    await store.publish([staged]);
    expect(await rowsOf(extentPath(dataDir, staged.extent))).toEqual(expected.map((value) => `{"v":${value}}`));
  });

  test('a key that no row has is a column of nulls, and rows of nothing keep their number', async () => {
    const staged = await stage(['{}', '{"w":null}'], [source('v', 'long', 'absent')]);
    await store.publish([staged]);
    expect(await rowsOf(extentPath(dataDir, staged.extent))).toEqual(['{"v":null}', '{"v":null}']);
  });

  test('odd keys are keys like any other', async () => {
    const key = `a.b "q" 'x' ü`;
    const staged = await stage([JSON.stringify({ [key]: 1 })], [source(key, 'long')]);
    await store.publish([staged]);
    expect(await rowsOf(extentPath(dataDir, staged.extent))).toEqual([JSON.stringify({ [key]: 1 })]);
    expect(staged.extent.columnStats[key]).toEqual({ min: '1', max: '1', nullCount: 0 });
  });
});

test('statistics and time range are in the text form of the catalogue', async () => {
  const staged = await stage(
    ['{"at":"2026-11-21T12:00:00.5Z","n":-3,"b":true,"s":"a"}', '{"at":"2026-11-21T13:00:00+02:00","n":7,"b":false}'],
    [source('at', 'datetime'), source('n', 'long'), source('b', 'bool'), source('s', 'string')],
    'at',
  );
  expect(staged.extent).toMatchObject({
    rowCount: 2,
    minTimestamp: '2026-11-21T11:00:00Z',
    maxTimestamp: '2026-11-21T12:00:00.5Z',
    columnStats: {
      n: { min: '-3', max: '7', nullCount: 0 },
      b: { min: 'false', max: 'true', nullCount: 0 },
      s: { min: 'a', max: 'a', nullCount: 1 },
    },
  });
});

test('bounds of long texts are cut outwards, never inwards', async () => {
  const [low, high] = [`a${'z'.repeat(2_000)}`, `b${'z'.repeat(2_000)}`];
  const staged = await stage([JSON.stringify({ s: low }), JSON.stringify({ s: high })], [source('s', 'string')]);
  const { min, max } = staged.extent.columnStats['s'] ?? {};
  expect(min === undefined || min <= low).toBe(true);
  expect(max === undefined || max >= high).toBe(true);
});

test('a merge keeps the order of rows and casts old types up', async () => {
  const first = await stage(['{"v":1}', '{"v":2}'], [source('v', 'long')]);
  const second = await stage(['{"v":"x","w":true}'], [source('v', 'string'), source('w', 'bool')]);
  await store.publish([first, second]);
  const columns = [column('v', 'string'), column('w', 'bool')];
  const now = '2026-11-21T12:00:00Z';
  const extents = [
    { ...first.extent, schemaVersion: 1, createdAt: now },
    { ...second.extent, schemaVersion: 2, createdAt: now },
  ];
  const versions = new Map([
    [1, [column('v', 'long')]],
    [2, columns],
  ]);
  const merged = await store.stageMerge({ snapshot: { table: table(columns), extents, versions }, extents, columns });
  await store.publish([merged]);
  expect(await rowsOf(extentPath(dataDir, merged.extent))).toEqual([
    '{"v":"1","w":null}',
    '{"v":"2","w":null}',
    '{"v":"x","w":true}',
  ]);
  expect(merged.extent).toMatchObject({ rowCount: 3, compactionGen: 1, presentPaths: ['v', 'w'] });
});

test('discarding and removing leave no file, and only old files count as old', async () => {
  const kept = await stage(['{"v":1}'], [source('v', 'long')]);
  await store.publish([kept]);
  await store.discard([await stage(['{"v":1}'], [source('v', 'long')])]);
  // The scratch file for rows stays until the store is closed.
  expect(files().filter((name) => !name.endsWith('.ndjson'))).toEqual([basename(extentPath(dataDir, kept.extent))]);
  const hour = new Date(Date.now() - 3_600_000);
  expect(await store.olderThan(hour)).toEqual([]);
  utimesSync(extentPath(dataDir, kept.extent), new Date(0), new Date(0));
  expect((await store.olderThan(hour)).map(({ id }) => id)).toEqual([kept.extent.id]);
  await store.remove([kept.extent]);
  await store.remove([kept.extent]);
  await store.close();
  expect(files()).toEqual([]);
});
