import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { holders } from '../../../src/adapters/sqlite/holders.js';
import { pinIfKept, type Store } from '../../../src/adapters/sqlite/index.js';
import { pinsDatabase } from '../../../src/adapters/sqlite/pins-database.js';
import type { Table } from '../../../src/core/query/index.js';
import { addExtents, changeOf, liveIds, makeTable, newExtent } from '../../contract/catalog-fixtures.js';
import { temporaryDirectory } from '../../contract/stores.js';
import { clockAtStart, storeOn } from './open.js';

const minuteMs = 60_000;
let directory: ReturnType<typeof temporaryDirectory>;
let clock: ReturnType<typeof clockAtStart>;
let here: Store;
let there: Store;
let table: Table;

beforeEach(async () => {
  directory = temporaryDirectory();
  clock = clockAtStart();
  here = storeOn(directory.path, { clock, name: 'here' });
  there = storeOn(directory.path, { clock, name: 'there' });
  table = await makeTable(here.catalog, clock.now());
});
afterEach(async () => {
  await here.close();
  await there.close();
  directory.remove();
});

describe('two stores on one directory', () => {
  test('of two commits on one snapshot the second is a conflict', async () => {
    const change = (store: Store, id: string) =>
      changeOf(store.catalog, table, { add: [newExtent(table, id)], now: clock.now() });
    const [mine, theirs] = [await change(here, 'e1'), await change(there, 'e2')];
    expect((await there.catalog.commit(theirs)).committed).toBe(true);
    expect(await here.catalog.commit(mine)).toEqual({ committed: false, reason: 'conflict' });
    expect(await liveIds(here.catalog, table)).toEqual(['e2']);
  });

  test('a key that the other has stored is a conflict, and its acknowledgement is found', async () => {
    const acks = [{ key: 'k', rows: 1, bytes: 1 }];
    const change = (store: Store) => changeOf(store.catalog, table, { acks, now: clock.now() });
    await there.catalog.commit(await change(there));
    expect(await here.catalog.commit(await change(here))).toMatchObject({ committed: false });
    expect(await here.catalog.acknowledged(table.id, 'k', clock.now())).toMatchObject({ rows_ingested: 1 });
  });

  const removable = async (store: Store) =>
    (await store.catalog.removable(table.id, new Date(clock.now().getTime() + 1), clock.now())).map(({ id }) => id);
  const fillAndMerge = async () => {
    await addExtents(here.catalog, table, { ids: ['e1', 'e2'], now: clock.now() });
    const pinned = await here.catalog.pin('default', ['logs']);
    const merge = { ids: ['m'], remove: ['e1', 'e2'], operation: 'compaction', now: clock.now() } as const;
    await addExtents(there.catalog, table, merge);
    return pinned;
  };

  test('a pin of one holds against the cleanup of the other, until it is released', async () => {
    const pinned = await fillAndMerge();
    expect(await removable(there)).toEqual([]);
    await pinned.release();
    expect(await removable(there)).toEqual(['e1', 'e2']);
  });

  test('a pin that nobody renews lapses for the others, but not for its own process', async () => {
    await fillAndMerge();
    clock.advance(minuteMs);
    expect(await removable(here)).toEqual([]);
    expect(await removable(there)).toEqual(['e1', 'e2']);
  });

  test('a living process renews its pins and intents before they lapse', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const pinned = await fillAndMerge();
      await here.catalog.openIntent([newExtent(table, 'e9')], clock.now());
      for (let renewed = 0; renewed < 6; renewed++) {
        clock.advance(minuteMs / 3);
        await vi.advanceTimersByTimeAsync(minuteMs / 3);
      }
      expect(await removable(there)).toEqual([]);
      expect(await there.catalog.unknownExtents(['e9'], clock.now())).toEqual([]);
      await pinned.release();
      expect(await removable(there)).toEqual(['e1', 'e2']);
    } finally {
      vi.useRealTimers();
    }
  });

  test('an extent that is being removed gains no reader, and one that had readers goes later', async () => {
    const first = await addExtents(here.catalog, table, { ids: ['e0'], now: clock.now() });
    const pinned = await fillAndMerge();
    const reader = await here.catalog.ingestedSince(table.id, first);
    expect(reader.snapshot.extents.map(({ id }) => id)).toEqual(['e1', 'e2']);
    await pinned.release();
    expect(await removable(there)).toEqual([]);
    await reader.release();
    expect(await removable(there)).toEqual(['e1', 'e2']);
    const late = await here.catalog.ingestedSince(table.id, first);
    expect(late.snapshot.extents).toEqual([]);
  });

  test('a pin that comes after the removal began is refused and leaves nothing pinned', async () => {
    await (await fillAndMerge()).release();
    expect(await removable(there)).toEqual(['e1', 'e2']);
    expect(await pinIfKept(here, ['m', 'e1'])).toBeUndefined();
    expect([...there.pins.pinned(['m', 'e1'], clock.now())]).toEqual([]);
    const release = await pinIfKept(here, ['m']);
    expect([...there.pins.pinned(['m', 'e1'], clock.now())]).toEqual(['m']);
    await release?.();
  });

  test('an intent lapses with its process; a commit that comes later stores nothing', async () => {
    const add = [newExtent(table, 'e1')];
    const intent = await here.catalog.openIntent(add, clock.now());
    expect(await there.catalog.unknownExtents(['e1'], clock.now())).toEqual([]);
    clock.advance(minuteMs);
    expect(await there.catalog.unknownExtents(['e1'], clock.now())).toEqual(['e1']);
    const late = await changeOf(here.catalog, table, { add, intent, now: clock.now() });
    await expect(here.catalog.commit(late)).rejects.toMatchObject({ code: 'unavailable', reason: 'ingest_failed' });
    expect(await liveIds(here.catalog, table)).toEqual([]);
  });

  test('sweeping forgets what others have let lapse, not what lives here', async () => {
    await fillAndMerge();
    await here.catalog.openIntent([newExtent(table, 'e9')], clock.now());
    clock.advance(minuteMs);
    expect(await here.catalog.sweepExpired(clock.now())).toBe(0);
    expect(await there.catalog.sweepExpired(clock.now())).toBe(1 + 2);
  });

  test('a lease is taken over when its holder died', async () => {
    const acquire = (store: Store, holder: string) => store.leases.acquire('l', holder, minuteMs, clock.now());
    expect(await acquire(here, 'here')).toEqual({ fence: 1 });
    expect(await acquire(there, 'there')).toBeUndefined();
    clock.advance(minuteMs);
    expect(await acquire(there, 'there')).toEqual({ fence: 2 });
    expect(await acquire(here, 'here')).toBeUndefined();
  });
});

describe('a store that somebody else writes to', () => {
  const path = () => join(directory.path, 'ops.db');
  const locked = async (use: () => Promise<void>): Promise<void> => {
    const other = new Database(path());
    other.exec('BEGIN IMMEDIATE');
    try {
      await use();
    } finally {
      other.exec('ROLLBACK');
      other.close();
    }
  };

  test('reads do not wait', async () => {
    await locked(async () => {
      expect(await here.catalog.table('default', 'logs')).toBeDefined();
      await (await here.catalog.pin('default', ['logs'])).release();
    });
  });

  test('a write past the lock timeout is a conflict that names who holds it', async () => {
    const impatient = storeOn(directory.path, { clock, name: 'x', lockTimeoutMs: 0 });
    await locked(async () => {
      await expect(makeTable(impatient.catalog, clock.now(), 'other')).rejects.toMatchObject({
        code: 'conflict',
        exit: 5,
        message: expect.stringMatching(/held by (this process|another process|process \d+)/),
        hint: expect.stringContaining('--lock-timeout'),
      });
    });
    await impatient.close();
  });

  test('a write within the lock timeout waits its turn, and the process goes on meanwhile', async () => {
    let write: Promise<Table> | undefined;
    await locked(async () => {
      write = makeTable(there.catalog, clock.now(), 'other');
      // Resolved by the event loop, which a blocking wait would stop.
      await new Promise((resolve) => setImmediate(resolve));
    });
    expect((await write)?.name).toBe('other');
  });
});

describe('the note of who holds the store', () => {
  const noteOf = (argv: readonly string[]) => holders(pinsDatabase(join(directory.path, 'pins.db')), argv);

  test.each([
    [['node', 'ops', 'ingest', 'Logs', '--idempotency-key', 'secret'], 'this process (ops ingest)'],
    [['node', 'ops', 'logs', 'compact', 'secret'], 'this process (ops logs compact)'],
    [['node', 'ops', '--data-dir', '/secret'], 'this process (ops)'],
  ])('%j is noted as %s: arguments are nobody else’s business', (argv, described) => {
    const note = noteOf(argv);
    note.note();
    expect(note.describe()).toBe(described);
  });

  test.each([
    ['a living process is named', process.ppid, /^process \d+ \(ops ingest\)$/],
    ['a dead one is not blamed', 2 ** 22 + 1, /^another process$/],
  ])('%s', (_, pid, described) => {
    const pins = pinsDatabase(join(directory.path, 'pins.db'));
    pins.use((sql) =>
      sql.run(`INSERT OR REPLACE INTO holder (lock, pid, command) VALUES ('ops.db', ?, 'ops ingest')`, pid),
    );
    expect(noteOf(['node', 'ops', 'query']).describe()).toMatch(described);
    pins.close();
  });
});
