import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { knownSchema, openStore, type Store, sqliteVersion } from '../../../src/adapters/sqlite/index.js';
import { makeTable } from '../../contract/catalog-fixtures.js';
import { temporaryDirectory } from '../../contract/stores.js';
import { clockAtStart, storeOn } from './open.js';

const now = new Date('2026-03-01T12:00:00Z');
let directory: ReturnType<typeof temporaryDirectory>;
let dataDir: string;
const opened: Store[] = [];
const open = (options: Parameters<typeof storeOn>[1] = {}): Store => {
  const store = storeOn(dataDir, options);
  opened.push(store);
  return store;
};

beforeEach(() => {
  directory = temporaryDirectory();
  dataDir = join(directory.path, 'ops', 'local');
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  directory.remove();
});

describe('a directory that does not exist yet', () => {
  test('reads as an empty store, and reading makes nothing', async () => {
    const store = open();
    expect((await store.catalog.databases()).map(({ name }) => name)).toEqual(['default']);
    expect(await store.events.newest()).toBe(0);
    expect((await store.catalog.pin('default', ['logs'])).snapshots.size).toBe(0);
    expect(existsSync(dataDir)).toBe(false);
  });

  test('is made by the first write, for its owner only', async () => {
    const store = open();
    await makeTable(store.catalog, now);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(dataDir))
      expect([name, statSync(join(dataDir, name)).mode & 0o077]).toEqual([name, 0]);
    expect(await store.catalog.table('default', 'logs')).toBeDefined();
  });

  test('what one store has read as empty shows the writes of another from then on', async () => {
    const reader = open();
    expect(await reader.catalog.tables('default')).toEqual([]);
    await makeTable(open({ name: 'b' }).catalog, now);
    expect(await reader.catalog.tables('default')).toHaveLength(1);
  });

  test('what was written is there for the next', async () => {
    const first = open();
    await makeTable(first.catalog, now);
    await first.close();
    expect(readdirSync(dataDir).filter((name) => name.startsWith('ops.db'))).toEqual(['ops.db']);
    expect(await open({ name: 'b' }).catalog.table('default', 'logs')).toBeDefined();
  });

  test('that cannot be made is unavailable and says which', async () => {
    writeFileSync(join(directory.path, 'ops'), 'a file in the way');
    await expect(makeTable(open().catalog, now)).rejects.toThrow(/ops/);
  });
});

test('several stores may open a new directory at once', async () => {
  const stores = ['a', 'b', 'c', 'd'].map((name) => open({ name }));
  const made = await Promise.all(stores.map(({ catalog }) => makeTable(catalog, now)));
  expect(new Set(made.map(({ id }) => id)).size).toBe(1);
});

test('commits are durable: a log, synchronised in full, with foreign keys', async () => {
  const store = open();
  await makeTable(store.catalog, now);
  const setting = (name: string) => store.db.read((sql) => Object.values(sql.get<object>(`PRAGMA ${name}`) ?? {})[0]);
  expect(await setting('journal_mode')).toBe('wal');
  expect(await setting('synchronous')).toBe(2);
  expect(await setting('foreign_keys')).toBe(1);
  expect(await setting('user_version')).toBe(knownSchema());
});

describe('a file that is no database of this ops', () => {
  const plant = (make: (path: string) => void): Buffer => {
    mkdirSync(dataDir, { recursive: true });
    make(join(dataDir, 'ops.db'));
    return readFileSync(join(dataDir, 'ops.db'));
  };
  const withDatabase = (statements: string) => (path: string) => {
    const db = new Database(path);
    db.exec(statements);
    db.close();
  };

  test.each([
    [
      'newer',
      withDatabase('CREATE TABLE t (a); PRAGMA user_version = 7000'),
      /written by a newer ops \(schema 7000, this one knows \d+\)/,
    ],
    ['foreign', withDatabase('CREATE TABLE t (a)'), /not one of ops/],
    ['garbage', (path: string) => writeFileSync(path, Buffer.alloc(8_192, 'x')), /ops\.db is damaged/],
  ])('%s: reads and writes are refused with the way out, and the file is left as it was', async (_, make, message) => {
    const before = plant(make);
    const store = open();
    for (const attempt of [() => store.catalog.databases(), () => makeTable(store.catalog, now)]) {
      const error = await attempt().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ name: 'OpsError', code: 'invalid_data', message: expect.stringMatching(message) });
      expect(error).toHaveProperty('hint', expect.stringMatching(/ops|--data-dir/));
    }
    expect(readFileSync(join(dataDir, 'ops.db')).equals(before)).toBe(true);
  });

  test('damage in the middle of a real one is named as damage', async () => {
    const store = open();
    await makeTable(store.catalog, now);
    await store.close();
    const path = join(dataDir, 'ops.db');
    const bytes = readFileSync(path);
    writeFileSync(path, Buffer.concat([bytes.subarray(0, 4_096), Buffer.alloc(bytes.length - 4_096, 0x5a)]));
    await expect(open({ name: 'b' }).catalog.tables('default')).rejects.toMatchObject({
      code: 'invalid_data',
      reason: 'store_damaged',
    });
  });

  test('an empty file is a new store', async () => {
    plant((path) => writeFileSync(path, ''));
    expect(await open().catalog.tables('default')).toEqual([]);
  });
});

test('a full disk is unavailable, stores nothing, and does not keep anybody from reading', async () => {
  const store = open();
  await makeTable(store.catalog, now);
  const pages = await store.db.read((sql) => sql.get<{ page_count: number }>('PRAGMA page_count')?.page_count);
  await store.db.read((sql) => sql.get(`PRAGMA max_page_count = ${pages}`));
  const event = { type: 'a.b', subject: 's', at: now, payload: { text: 'x'.repeat(100_000) } };
  await expect(store.events.append([event])).rejects.toMatchObject({
    code: 'unavailable',
    reason: 'disk_full',
    message: `cannot write ${join(dataDir, 'ops.db')}: no space is left on the device`,
  });
  expect(await store.events.newest()).toBe(0);
  expect(await store.catalog.table('default', 'logs')).toBeDefined();
  await store.db.read((sql) => sql.get('PRAGMA max_page_count = 100000'));
  await store.events.append([event]);
  expect(await store.events.newest()).toBe(1);
});

test('a pins.db that a power cut has broken is made anew', async () => {
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, 'pins.db'), Buffer.alloc(8_192, 'x'));
  const store = open();
  expect(store.pins.take(['e1'])).toBeDefined();
  expect([...store.pins.pinned(['e1', 'e2'], now)]).toEqual(['e1']);
});

test('opening costs nothing: no file, no clock, no id', async () => {
  const forbidden = () => {
    throw new Error('used too early');
  };
  const store = openStore({
    dataDir,
    lockTimeoutMs: 0,
    clock: { ...clockAtStart(), now: forbidden },
    newId: forbidden,
  });
  await store.close();
  expect(existsSync(dataDir)).toBe(false);
});

test('the version of the loaded SQLite is known', () => {
  expect(sqliteVersion()).toMatch(/^3\.\d+\.\d+$/);
});
