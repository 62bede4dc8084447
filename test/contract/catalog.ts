import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Catalog, Table } from '../../src/core/query/index.js';
import { catalogFilesContract } from './catalog-files.js';
import { addExtents, changeOf, liveIds, makeTable, message, newExtent, status } from './catalog-fixtures.js';
import type { OpenedStore } from './stores.js';

const hourMs = 3_600_000;

/** What every catalogue promises; `open` gives an empty one. */
export const catalogContract = (open: () => OpenedStore): void => {
  describe('books', () => catalogBooksContract(open));
  describe('files', () => catalogFilesContract(open));
};

const catalogBooksContract = (open: () => OpenedStore): void => {
  let store: OpenedStore;
  let catalog: Catalog;
  const now = (): Date => store.clock.now();
  beforeEach(() => {
    store = open();
    catalog = store.catalog;
  });
  afterEach(() => store.close());

  describe('databases and tables', () => {
    test('default exists from the start, and is empty', async () => {
      expect((await catalog.databases()).map(({ name }) => name)).toEqual(['default']);
      expect(await catalog.tables('default')).toEqual([]);
    });

    test('an unknown database is not an empty one', async () => {
      expect(await catalog.tables('nowhere')).toBeUndefined();
      expect(await catalog.table('nowhere', 'logs')).toBeUndefined();
    });

    test('creating a table makes its database, once', async () => {
      const wanted = {
        database: 'web',
        name: 'access',
        columns: [message],
        timeColumn: 'at',
        retentionDays: 7,
        now: now(),
      };
      const first = await catalog.createTable(wanted);
      const second = await catalog.createTable({ ...wanted, columns: [status], retentionDays: 9 });
      expect([first.created, second.created]).toEqual([true, false]);
      expect(second.table).toEqual(first.table);
      expect(first.table).toMatchObject({
        database: 'web',
        name: 'access',
        columns: [message],
        schemaVersion: 1,
        timeColumn: 'at',
        retentionDays: 7,
      });
      expect(first.table.currentSnapshot).toBeUndefined();
    });

    test('two callers at once: one creates', async () => {
      const made = await Promise.all([1, 2, 3].map(() => catalog.createTable({ ...sample, now: now() })));
      expect(made.filter(({ created }) => created)).toHaveLength(1);
      expect(new Set(made.map(({ table }) => table.id)).size).toBe(1);
    });

    test('lists are sorted by name, and names keep their case', async () => {
      for (const name of ['b', 'a', 'B']) await makeTable(catalog, now(), name, 'web');
      await makeTable(catalog, now(), 'x', 'api');
      expect((await catalog.databases()).map(({ name }) => name)).toEqual(['api', 'default', 'web']);
      expect((await catalog.tables('web'))?.map(({ name }) => name)).toEqual(['B', 'a', 'b']);
    });

    test('the snapshot of an unknown table is not_found', async () => {
      await expect(catalog.snapshot('999')).rejects.toMatchObject({ code: 'not_found' });
    });
  });

  describe('commits', () => {
    let table: Table;
    beforeEach(async () => {
      table = await makeTable(catalog, now());
    });

    test('an extent comes back as it was added', async () => {
      const snapshotId = await addExtents(catalog, table, { ids: ['e1'], now: now() });
      const snapshot = await catalog.snapshot(table.id);
      expect(snapshot.extents).toEqual([
        { ...newExtent(table, 'e1'), schemaVersion: 1, createdAt: '2026-03-01T12:00:00.000Z' },
      ]);
      expect(snapshot.table.currentSnapshot).toBe(snapshotId);
      expect(snapshot.versions).toEqual(new Map([[1, [message]]]));
    });

    test('a change of a snapshot that is no longer current is a conflict and changes nothing', async () => {
      const stale = await changeOf(catalog, table, { add: [newExtent(table, 'late')], now: now() });
      await addExtents(catalog, table, { ids: ['e1'], now: now() });
      expect(await catalog.commit(stale)).toEqual({ committed: false, reason: 'conflict' });
      expect(await liveIds(catalog, table)).toEqual(['e1']);
    });

    test('of two changes of one snapshot exactly one is committed', async () => {
      const changes = await Promise.all(
        ['e1', 'e2'].map((id) => changeOf(catalog, table, { add: [newExtent(table, id)], now: now() })),
      );
      const outcomes = await Promise.all(changes.map((change) => catalog.commit(change)));
      expect(outcomes.map(({ committed }) => committed).sort()).toEqual([false, true]);
      expect(await liveIds(catalog, table)).toHaveLength(1);
    });

    test('removing an extent that is not live is a conflict', async () => {
      const change = await changeOf(catalog, table, { remove: ['e9'], now: now() });
      expect(await catalog.commit(change)).toEqual({ committed: false, reason: 'conflict' });
    });

    test('each set of columns is one schema version, shared by whoever writes it again', async () => {
      const wide = [message, status];
      const write = async (id: string, written: typeof wide | [typeof message]) =>
        catalog.commit(
          await changeOf(catalog, table, {
            add: [newExtent(table, id)],
            writtenColumns: written,
            columns: wide,
            now: now(),
          }),
        );
      await write('e1', wide);
      await write('e2', [message]);
      await write('e3', wide);
      const { extents, versions, table: current } = await catalog.snapshot(table.id);
      expect(extents.map(({ schemaVersion }) => schemaVersion)).toEqual([2, 1, 2]);
      expect(versions.get(1)).toEqual([message]);
      expect(versions.get(2)).toEqual(wide);
      expect([current.schemaVersion, current.columns]).toEqual([2, wide]);
    });

    test('time column and retention stay unless the change names them; null ends the retention', async () => {
      const alter = async (change: { timeColumn?: string; retentionDays?: number | null }) => {
        await catalog.commit(await changeOf(catalog, table, { ...change, operation: 'schema_change', now: now() }));
        const { timeColumn, retentionDays } = (await catalog.snapshot(table.id)).table;
        return { timeColumn, retentionDays };
      };
      expect(await alter({ timeColumn: 'at', retentionDays: 30 })).toEqual({ timeColumn: 'at', retentionDays: 30 });
      expect(await alter({})).toEqual({ timeColumn: 'at', retentionDays: 30 });
      expect(await alter({ retentionDays: null })).toEqual({ timeColumn: 'at', retentionDays: undefined });
    });

    test('a merged extent takes the place of the first that it replaces', async () => {
      for (const id of ['e1', 'e2', 'e3', 'e4']) await addExtents(catalog, table, { ids: [id], now: now() });
      await addExtents(catalog, table, { ids: ['m1'], remove: ['e3', 'e2'], operation: 'compaction', now: now() });
      expect(await liveIds(catalog, table)).toEqual(['e1', 'm1', 'e4']);
      await addExtents(catalog, table, { ids: ['m2'], remove: ['e1', 'm1'], operation: 'compaction', now: now() });
      await addExtents(catalog, table, { ids: ['e5'], now: now() });
      expect(await liveIds(catalog, table)).toEqual(['m2', 'e4', 'e5']);
    });

    test('events are appended with the commit, and not with a conflict', async () => {
      const events = [{ type: 'ingest.committed', subject: 'default.logs', key: 'k', at: now(), payload: { rows: 1 } }];
      const change = await changeOf(catalog, table, { add: [newExtent(table, 'e1')], events, now: now() });
      await catalog.commit(change);
      await catalog.commit({ ...change, events: [{ ...events[0], key: 'other' } as (typeof events)[0]] });
      expect((await store.events.after(0, 10)).map(({ key }) => key)).toEqual(['k']);
    });
  });

  describe('idempotency keys', () => {
    let table: Table;
    const store1 = async (key: string, id: string) =>
      catalog.commit(
        await changeOf(catalog, table, {
          add: [newExtent(table, id)],
          acks: [{ key, rows: 3, bytes: 33 }],
          now: now(),
        }),
      );
    beforeEach(async () => {
      table = await makeTable(catalog, now());
    });

    test('an acknowledgement is kept as it was given', async () => {
      const outcome = await store1('k', 'e1');
      expect(await catalog.acknowledged(table.id, 'k', now())).toEqual({
        snapshot_id: outcome.committed && outcome.snapshotId,
        extent_count: 1,
        rows_ingested: 3,
        bytes_written: 33,
        replayed: false,
      });
    });

    test('a key that was stored meanwhile is a conflict', async () => {
      await store1('k', 'e1');
      expect(await store1('k', 'e2')).toEqual({ committed: false, reason: 'conflict' });
      expect(await liveIds(catalog, table)).toEqual(['e1']);
    });

    test('a key belongs to its table', async () => {
      await store1('k', 'e1');
      const other = await makeTable(catalog, now(), 'other');
      expect(await catalog.acknowledged(other.id, 'k', now())).toBeUndefined();
    });

    test.each([
      [24 * hourMs - 1, true],
      [24 * hourMs, false],
    ])('%i ms after it was given it answers: %s', async (age, answers) => {
      await store1('k', 'e1');
      store.clock.advance(age);
      expect((await catalog.acknowledged(table.id, 'k', now())) !== undefined).toBe(answers);
    });

    test('an expired key can be stored again, and is swept after 25 hours', async () => {
      await store1('k', 'e1');
      store.clock.advance(24 * hourMs);
      expect((await store1('k', 'e2')).committed).toBe(true);
      store.clock.advance(25 * hourMs);
      expect(await catalog.sweepExpired(now())).toBe(0);
      store.clock.advance(1);
      expect(await catalog.sweepExpired(now())).toBe(1);
    });
  });
};

const sample = { database: 'default', name: 'logs', columns: [message] } as const;
