import SqliteDatabase from 'better-sqlite3';
import type { Clock } from '../../base/clock.js';
import type { IdentityStore } from '../../core/identity/index.js';
import type { Catalog } from '../../core/query/index.js';
import type { EventLog, Leases, LoopJournal } from '../../core/shared/index.js';
import { sqliteCatalog } from './catalog/index.js';
import { sqliteEvents } from './events.js';
import { type Handle, handle } from './handle.js';
import { holders } from './holders.js';
import { sqliteIdentity } from './identity/index.js';
import { opsDatabasePath, pinsDatabasePath } from './layout.js';
import { sqliteLeases, sqliteLoopJournal } from './leases.js';
import { type Pins, pins } from './pins.js';
import { pinsDatabase } from './pins-database.js';

export interface StoreOptions {
  readonly dataDir: string;
  /** How long a write waits for another process before it is `conflict`. */
  readonly lockTimeoutMs: number;
  /** Refuses writes to the books. Default: where the permissions leave nothing else. Queries pin where they can. */
  readonly readOnly?: boolean | undefined;
  readonly clock: Clock;
  /** Time-ordered UUIDs: snapshots, intents, pins. */
  readonly newId: () => string;
}

/** The state of a data directory. Nothing is opened or made before it is needed; `close` gives everything back. */
export interface Store {
  readonly dataDir: string;
  readonly isReadOnly: boolean;
  readonly db: Handle;
  readonly pins: Pins;
  readonly catalog: Catalog;
  readonly events: EventLog;
  readonly leases: Leases;
  readonly loopJournal: LoopJournal;
  readonly identity: IdentityStore;
  close(): Promise<void>;
}

/** Costs nothing until it is used; several processes may do so at once on one directory. */
export const openStore = ({ dataDir, lockTimeoutMs, readOnly, clock, newId }: StoreOptions): Store => {
  const volatile = pinsDatabase(pinsDatabasePath(dataDir));
  const holding = holders(volatile);
  const db = handle({
    path: opsDatabasePath(dataDir),
    lockTimeoutMs,
    readOnly,
    onLocked: holding.note,
    holder: holding.describe,
  });
  const pinned = pins({ database: volatile, clock, newId });
  const catalog = sqliteCatalog({ db, pins: pinned, clock, newId });
  return {
    dataDir,
    isReadOnly: db.isReadOnly,
    db,
    pins: pinned,
    catalog,
    events: sqliteEvents(db),
    leases: sqliteLeases(db),
    loopJournal: sqliteLoopJournal(db),
    identity: sqliteIdentity(db),
    close: async () => {
      catalog.stop();
      pinned.stop();
      db.close();
      volatile.close();
    },
  };
};

/** Version of the SQLite that is really loaded, e.g. `3.51.0`. */
export const sqliteVersion = (): string => {
  const db = new SqliteDatabase(':memory:');
  try {
    return db.prepare<[], { v: string }>('SELECT sqlite_version() AS v').get()?.v ?? '';
  } finally {
    db.close();
  }
};
