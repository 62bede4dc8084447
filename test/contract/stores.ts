import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStore } from '../../src/adapters/memory/store.js';
import { openStore } from '../../src/adapters/sqlite/index.js';
import { type ManualClock, manualClock } from '../../src/base/clock.js';
import type { IdentityStore } from '../../src/core/identity/index.js';
import type { Catalog } from '../../src/core/query/index.js';
import type { EventLog, Leases, LoopJournal } from '../../src/core/shared/index.js';

/** A store under test; every suite in this folder runs over each of `stores`. */
export interface OpenedStore {
  readonly catalog: Catalog;
  readonly events: EventLog;
  readonly leases: Leases;
  readonly loopJournal: LoopJournal;
  readonly identity: IdentityStore;
  readonly clock: ManualClock;
  close(): Promise<void>;
}

export const start = new Date('2026-03-01T12:00:00Z');

/** Ids in order: `id-0001`, `id-0002`, … */
export const countingIds = (prefix = 'id'): (() => string) => {
  let count = 0;
  return () => `${prefix}-${String(++count).padStart(4, '0')}`;
};

export const temporaryDirectory = (): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'ops-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

const openMemory = (): OpenedStore => ({
  ...memoryStore({ newId: countingIds() }),
  clock: manualClock(start),
  close: async () => {},
});

const openSqlite = (): OpenedStore => {
  const directory = temporaryDirectory();
  const clock = manualClock(start);
  const store = openStore({
    dataDir: join(directory.path, 'data'),
    lockTimeoutMs: 1_000,
    clock,
    newId: countingIds(),
  });
  return {
    catalog: store.catalog,
    events: store.events,
    leases: store.leases,
    loopJournal: store.loopJournal,
    identity: store.identity,
    clock,
    close: async () => {
      await store.close();
      directory.remove();
    },
  };
};

export const stores = { memory: openMemory, sqlite: openSqlite } as const;
