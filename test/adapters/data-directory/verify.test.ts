import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../../src/adapters/sqlite/index.js';
import type { Table } from '../../../src/core/query/index.js';
import { makeTable } from '../../contract/catalog-fixtures.js';
import { temporaryDirectory } from '../../contract/stores.js';
import { storeOn } from '../sqlite/open.js';
import { directoryOf, extentFile, filledStore, never, now, parquetLike, verified, writeExtent } from './fixtures.js';

let directory: ReturnType<typeof temporaryDirectory>;
let dataDir: string;
let store: Store;
let table: Table;

beforeEach(async () => {
  directory = temporaryDirectory();
  dataDir = join(directory.path, 'data');
  ({ store, table } = await filledStore(dataDir));
});
afterEach(async () => {
  await store.close();
  directory.remove();
});

const failures = async (): Promise<readonly string[]> =>
  (await verified(store))
    .filter(({ status }) => status === 'fail')
    .map(({ subject, detail }) => `${subject}: ${detail}`);

test('a sound directory: the books, each table and each extent are named', async () => {
  expect((await verified(store)).map(({ subject, status }) => [subject, status])).toEqual([
    ['ops.db', 'ok'],
    ['table default.logs', 'ok'],
    ['extent e0', 'ok'],
    ['extent e1', 'ok'],
    ['extent e2', 'ok'],
  ]);
});

test.each<[string, (path: string) => void, RegExp]>([
  ['missing', (path) => rmSync(path), /extent e1: default\.logs: the file is missing/],
  ['cut off', (path) => truncateSync(path, 10), /extent e1: .*has 10 bytes, the catalogue says/],
  [
    'without its mark at the start',
    (path) => writeFileSync(path, Buffer.concat([Buffer.from('XAR1'), parquetLike('rows of e1').subarray(4)])),
    /not Parquet/,
  ],
  [
    'without its mark at the end',
    (path) => writeFileSync(path, Buffer.concat([parquetLike('rows of e1').subarray(0, -1), Buffer.from('X')])),
    /damaged at an end/,
  ],
  [
    'with a footer longer than itself',
    (path) => {
      const bytes = parquetLike('rows of e1');
      bytes.writeUInt32LE(999, bytes.length - 8);
      writeFileSync(path, bytes);
    },
    /footer/,
  ],
])('an extent %s is a failure', async (_, harm, message) => {
  harm(extentFile(dataDir, table, 'e1'));
  const [only, ...others] = await failures();
  expect(only).toMatch(message);
  expect(others).toEqual([]);
});

test('a deeper check is asked about each sound extent, and its verdict is shown', async () => {
  const asked: string[] = [];
  const rows = await verified(store, async (path, extent) => {
    asked.push(path);
    return extent.id === 'e2' ? 'page 3 does not match its checksum' : undefined;
  });
  expect(asked).toEqual(['e0', 'e1', 'e2'].map((id) => extentFile(dataDir, table, id)));
  expect(rows.filter(({ status }) => status === 'fail')).toEqual([
    { subject: 'extent e2', status: 'fail', detail: 'default.logs: page 3 does not match its checksum' },
  ]);
});

test('an extent whose removal has begun is not missed', async () => {
  await store.catalog.removable(table.id, new Date(now.getTime() + 1), now);
  rmSync(extentFile(dataDir, table, 'e0'));
  expect(await failures()).toEqual([]);
});

test('a file that no snapshot names is shown, not condemned', async () => {
  writeExtent(extentFile(dataDir, table, 'orphan'), parquetLike('orphan'));
  const [row] = (await verified(store)).filter(({ subject }) => subject.includes('orphan'));
  expect(row).toMatchObject({ status: 'ok', subject: `extents/1/${table.id}/orphan.parquet` });
  expect(row?.detail).toContain('in no snapshot');
});

test.each([
  [
    'rows that are in no history',
    "UPDATE extent SET row_count = row_count + 1 WHERE id = 'e1'",
    /history adds up to 20 rows, its extents hold 21/,
  ],
  [
    'a snapshot without its parent',
    'UPDATE snapshot SET parent = NULL WHERE sequence = 2',
    /chain of its 4 snapshots is broken/,
  ],
  [
    'an old snapshot that calls itself current',
    'UPDATE stored_table SET current_snapshot = (SELECT id FROM snapshot ORDER BY sequence LIMIT 1)',
    /chain/,
  ],
  [
    'a row that points nowhere',
    "PRAGMA foreign_keys = OFF; UPDATE extent SET added_by = 999 WHERE id = 'e1'",
    /extent names no row of snapshot/,
  ],
])('books with %s are a failure', async (_, statement, message) => {
  const db = new Database(join(dataDir, 'ops.db'));
  db.exec(statement);
  db.close();
  expect((await failures()).join()).toMatch(message);
});

test('a damaged ops.db is an answer, not an error', async () => {
  await store.close();
  writeFileSync(join(dataDir, 'ops.db'), Buffer.alloc(8_192, 'x'));
  store = storeOn(dataDir, { name: 'b' });
  expect(await verified(store)).toEqual([
    { subject: 'ops.db', status: 'fail', detail: expect.stringContaining('is damaged') },
  ]);
});

describe('a data directory that is not there', () => {
  const absent = { code: 'not_found', exit: 3, hint: expect.stringContaining('--data-dir') };

  test.each<[string, (store: Store) => Promise<unknown>]>([
    ['verify', verified],
    ['usage', (store) => directoryOf(store).usage()],
    ['backup', (store) => directoryOf(store).backup(join(directory.path, 'b.tar'), never)],
  ])('is an error that names it: %s', async (_, work) => {
    const nowhere = join(directory.path, 'nothing');
    await expect(work(storeOn(nowhere))).rejects.toMatchObject({
      ...absent,
      message: `data directory ${nowhere} does not exist`,
    });
  });

  test('is not "all is well" either where another directory was named', async () => {
    await expect(verified(storeOn(directory.path))).rejects.toMatchObject({
      ...absent,
      message: expect.stringContaining(directory.path),
    });
  });

  test('is a failure where the extents of a lost catalogue lie in it', async () => {
    const lost = join(directory.path, 'lost');
    writeExtent(extentFile(lost, table, 'e1'), parquetLike('rows'));
    expect(await verified(storeOn(lost))).toMatchObject([{ status: 'fail', detail: expect.stringContaining('lost') }]);
  });
});

test('a table that a refused ingest left, without snapshot and extents, is not listed', async () => {
  await makeTable(store.catalog, now, 'refused');
  const tables = (await verified(store)).map(({ subject }) => subject).filter((subject) => subject.startsWith('table'));
  expect(tables).toEqual(['table default.logs']);
});

test('verifying stops when it is called off', async () => {
  const controller = new AbortController();
  controller.abort(new Error('Ctrl-C'));
  const rows = directoryOf(store).verify(controller.signal)[Symbol.asyncIterator]();
  await expect(
    (async () => {
      while (!(await rows.next()).done);
    })(),
  ).rejects.toThrow('Ctrl-C');
});

test('usage tells files and bytes by area', async () => {
  writeExtent(join(dataDir, 'tmp', 'half.parquet'), Buffer.alloc(7));
  await (await store.catalog.pin('default', ['logs'])).release();
  const rows = await directoryOf(store).usage();
  const bytes = parquetLike('rows of e1').length;
  expect(rows.map(({ area, what }) => `${area} ${what}`)).toEqual([
    'catalogue ops.db',
    'extents default.logs',
    'soft-deleted default.logs',
    'pins pins.db',
    'tmp half-written extents',
  ]);
  expect(rows.slice(1, 3)).toEqual([
    { area: 'extents', what: 'default.logs', files: 2, bytes: 2 * bytes },
    { area: 'soft-deleted', what: 'default.logs', files: 1, bytes },
  ]);
  expect(rows.at(-1)).toMatchObject({ files: 1, bytes: 7 });
  expect(rows[0]?.bytes).toBeGreaterThan(0);
  expect(await directoryOf(store).usage()).toEqual(rows);
});
