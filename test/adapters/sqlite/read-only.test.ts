import { chmodSync, copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../../src/adapters/sqlite/index.js';
import type { Table } from '../../../src/core/query/index.js';
import { addExtents, liveIds, makeTable, newExtent } from '../../contract/catalog-fixtures.js';
import { temporaryDirectory } from '../../contract/stores.js';
import { storeOn } from './open.js';

const now = new Date('2026-03-01T12:00:00Z');
const nobody = 65_534;
let directory: ReturnType<typeof temporaryDirectory>;
let dataDir: string;
let table: Table;
const opened: Store[] = [];
const open = (options: Parameters<typeof storeOn>[1] = {}): Store => {
  const store = storeOn(dataDir, options);
  opened.push(store);
  return store;
};

beforeEach(async () => {
  directory = temporaryDirectory();
  chmodSync(directory.path, 0o755);
  dataDir = join(directory.path, 'data');
  const writer = open();
  table = await makeTable(writer.catalog, now);
  await addExtents(writer.catalog, table, { ids: ['e1'], now });
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  chmodSync(dataDir, 0o700);
  directory.remove();
});

const everyWrite: readonly (readonly [string, (store: Store) => Promise<unknown>])[] = [
  ['a new table', ({ catalog }) => makeTable(catalog, now, 'other')],
  ['an extent', ({ catalog }) => addExtents(catalog, table, { ids: ['e2'], now })],
  ['an intent', ({ catalog }) => catalog.openIntent([newExtent(table, 'e2')], now)],
  ['forgetting', ({ catalog }) => catalog.forget(['e1'])],
  ['an event', ({ events }) => events.append([{ type: 'a.b', subject: 's', at: now, payload: {} }])],
  ['a lease', ({ leases }) => leases.acquire('l', 'h', 1_000, now)],
];

describe('a data directory that is opened for reading only', () => {
  test.each(everyWrite)('refuses %s and names itself', async (_, write) => {
    await expect(write(open({ readOnly: true }))).rejects.toMatchObject({
      code: 'unavailable',
      message: `data directory ${dataDir} is read-only`,
      hint: expect.stringContaining('--data-dir'),
    });
  });

  test('shows what a living writer commits', async () => {
    const [writer] = opened;
    const reader = open({ readOnly: true });
    expect(await liveIds(reader.catalog, table)).toEqual(['e1']);
    if (writer) await addExtents(writer.catalog, table, { ids: ['e2'], now });
    expect(await liveIds(reader.catalog, table)).toEqual(['e1', 'e2']);
  });

  test('is still pinned where that can be written: others may clean up meanwhile', async () => {
    const pinned = await open({ readOnly: true }).catalog.pin('default', ['logs']);
    expect([...(opened[0]?.pins.pinned(['e1'], now) ?? [])]).toEqual(['e1']);
    await pinned.release();
    expect(opened[0]?.pins.pinned(['e1'], now).size).toBe(0);
  });
});

/** Runs `use` as somebody who has no permission to write the directory; root loses its own for that long. */
const withoutPermission = async (use: () => Promise<void>): Promise<void> => {
  for (const name of readdirSync(dataDir)) chmodSync(join(dataDir, name), 0o444);
  chmodSync(dataDir, 0o555);
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(nobody);
  try {
    await use();
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(dataDir, 0o700);
  }
};

describe('a data directory without write permission', () => {
  test('at rest, where SQLite could not make its log: reads see everything, and no file is made', async () => {
    for (const store of opened.splice(0)) await store.close();
    await withoutPermission(async () => {
      const before = readdirSync(dataDir);
      expect(before).not.toContain('ops.db-wal');
      const store = open();
      expect(await liveIds(store.catalog, table)).toEqual(['e1']);
      expect((await store.catalog.pin('default', ['logs'])).snapshots.size).toBe(1);
      await expect(makeTable(store.catalog, now, 'other')).rejects.toMatchObject({ code: 'unavailable' });
      expect(await liveIds(store.catalog, table)).toEqual(['e1']);
      expect(readdirSync(dataDir)).toEqual(before);
    });
  });

  test('that a crash has left with a log and no index: reads see what the log holds', async () => {
    const crashed = join(directory.path, 'crashed');
    mkdirSync(crashed);
    for (const name of ['ops.db', 'ops.db-wal']) copyFileSync(join(dataDir, name), join(crashed, name));
    for (const store of opened.splice(0)) await store.close();
    dataDir = crashed;
    await withoutPermission(async () => {
      expect(await liveIds(open().catalog, table)).toEqual(['e1']);
      expect(readdirSync(dataDir).sort()).toEqual(['ops.db', 'ops.db-wal']);
    });
  });
});
