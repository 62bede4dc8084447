import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Catalog, Table } from '../../src/core/query/index.js';
import { addExtents, changeOf, liveIds, makeTable, newExtent } from './catalog-fixtures.js';
import type { OpenedStore } from './stores.js';

/** The part of the catalogue's promises that keeps files from vanishing under readers and writers. */
export const catalogFilesContract = (open: () => OpenedStore): void => {
  let store: OpenedStore;
  let catalog: Catalog;
  const now = (): Date => store.clock.now();
  beforeEach(() => {
    store = open();
    catalog = store.catalog;
  });
  afterEach(() => store.close());

  describe('pins and removal', () => {
    let table: Table;
    beforeEach(async () => {
      table = await makeTable(catalog, now());
      await addExtents(catalog, table, { ids: ['e1', 'e2'], now: now() });
    });
    const merge = () =>
      addExtents(catalog, table, { ids: ['m'], remove: ['e1', 'e2'], operation: 'compaction', now: now() });
    const removableIds = async (before = new Date(now().getTime() + 1)) =>
      (await catalog.removable(table.id, before, now())).map(({ id }) => id);

    test('only tables that exist are pinned', async () => {
      const pinned = await catalog.pin('default', ['logs', 'nothing']);
      expect([...pinned.snapshots.keys()]).toEqual(['logs']);
      await pinned.release();
    });

    test('a pinned snapshot shows nothing of later commits', async () => {
      const pinned = await catalog.pin('default', ['logs']);
      await addExtents(catalog, table, { ids: ['e3'], now: now() });
      expect(pinned.snapshots.get('logs')?.extents.map(({ id }) => id)).toEqual(['e1', 'e2']);
      await pinned.release();
    });

    test('soft-deleted extents are removable strictly after their deletion', async () => {
      expect(await removableIds()).toEqual([]);
      await merge();
      expect(await removableIds(now())).toEqual([]);
      expect(await removableIds()).toEqual(['e1', 'e2']);
    });

    test('pinned extents stay until they are released', async () => {
      const pinned = await catalog.pin('default', ['logs']);
      await merge();
      expect(await removableIds()).toEqual([]);
      await pinned.release();
      await pinned.release();
      expect(await removableIds()).toEqual(['e1', 'e2']);
    });

    test('a removable extent stays removable until it is forgotten, and live ones cannot be forgotten', async () => {
      await merge();
      expect(await removableIds()).toEqual(await removableIds());
      await catalog.forget(['e1', 'm']);
      expect(await removableIds()).toEqual(['e2']);
      expect(await liveIds(catalog, table)).toEqual(['m']);
    });
  });

  describe('following ingests', () => {
    let table: Table;
    beforeEach(async () => {
      table = await makeTable(catalog, now());
    });
    const since = async (after: string | undefined) => {
      const fresh = await catalog.ingestedSince(table.id, after);
      await fresh.release();
      return { ids: fresh.snapshot.extents.map(({ id }) => id), newest: fresh.newest };
    };

    test('without a place to begin there is only the newest', async () => {
      expect(await since(undefined)).toEqual({ ids: [], newest: undefined });
      const first = await addExtents(catalog, table, { ids: ['e1'], now: now() });
      expect(await since(undefined)).toEqual({ ids: [], newest: first });
    });

    test('each ingest is seen once, in the order of the commits, although a compaction merged it', async () => {
      const first = await addExtents(catalog, table, { ids: ['e1'], now: now() });
      await addExtents(catalog, table, { ids: ['e2'], now: now() });
      await addExtents(catalog, table, { ids: ['e3'], now: now() });
      const merged = await addExtents(catalog, table, {
        ids: ['m'],
        remove: ['e1', 'e2'],
        operation: 'compaction',
        now: now(),
      });
      expect(await since(first)).toEqual({ ids: ['e2', 'e3'], newest: merged });
      expect(await since(merged)).toEqual({ ids: [], newest: merged });
    });

    test('what it names is pinned, soft-deleted or not', async () => {
      const first = await addExtents(catalog, table, { ids: ['e1'], now: now() });
      await addExtents(catalog, table, { ids: ['e2'], now: now() });
      await addExtents(catalog, table, { ids: ['m'], remove: ['e1', 'e2'], operation: 'compaction', now: now() });
      const fresh = await catalog.ingestedSince(table.id, first);
      const later = new Date(now().getTime() + 1);
      expect((await catalog.removable(table.id, later, now())).map(({ id }) => id)).toEqual(['e1']);
      await fresh.release();
    });
  });

  describe('intents', () => {
    test('a file is unknown unless the books or a living intent name it', async () => {
      const table = await makeTable(catalog, now());
      await addExtents(catalog, table, { ids: ['booked'], now: now() });
      const intent = await catalog.openIntent([newExtent(table, 'announced')], now());
      const ids = ['booked', 'announced', 'orphan'];
      expect(await catalog.unknownExtents(ids, now())).toEqual(['orphan']);
      await catalog.dropIntent(intent);
      expect(await catalog.unknownExtents(ids, now())).toEqual(['announced', 'orphan']);
    });

    test('a commit ends its intent; without one that still stands nothing is committed', async () => {
      const table = await makeTable(catalog, now());
      const add = [newExtent(table, 'e1')];
      const intent = await catalog.openIntent(add, now());
      expect(await catalog.commit(await changeOf(catalog, table, { add, intent, now: now() }))).toMatchObject({
        committed: true,
      });
      const again = await changeOf(catalog, table, { add: [newExtent(table, 'e2')], intent, now: now() });
      await expect(catalog.commit(again)).rejects.toMatchObject({ code: 'unavailable' });
      expect(await liveIds(catalog, table)).toEqual(['e1']);
    });
  });
};
