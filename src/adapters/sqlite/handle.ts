import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isOpsError } from '../../base/errors.js';
import { heldFault, isBusy, isUnwritable, readOnlyFault, storeFault } from './faults.js';
import { refuseLostCatalogue } from './migrations.js';
import {
  blockMs,
  isWritable,
  type OpenDatabase,
  openEmpty,
  openReadOnly,
  openWritable,
  sizeOf,
} from './open-database.js';
import { type Sql, sqlOver } from './sql.js';

/** The one way to a database: opened when first needed, in transactions, waiting for other processes. */
export interface Handle {
  readonly path: string;
  readonly isReadOnly: boolean;
  /** One consistent view; makes no file where there is none. */
  read<T>(work: (sql: Sql) => T): Promise<T>;
  /**
   * All of it or nothing, durable when it resolves. `work` may be run again after a lost race for the lock.
   * Throws `unavailable` on a read-only data directory or a full disk, `conflict` past the lock timeout.
   */
  write<T>(work: (sql: Sql) => T): Promise<T>;
  /**
   * As `write`, seen by all processes when it resolves, but a power cut may lose it: for what only living processes
   * care about.
   */
  announce<T>(work: (sql: Sql) => T): Promise<T>;
  /** A consistent copy into a new file, while others read and write; without a log of its own. */
  copyTo(file: string): Promise<void>;
  close(): void;
}

export interface HandleOptions {
  readonly path: string;
  readonly lockTimeoutMs: number;
  /** Default: as the permissions say. */
  readonly readOnly?: boolean | undefined;
  /** Called inside each write transaction, once the lock is ours. */
  readonly onLocked?: (() => void) | undefined;
  /** Who seems to hold the lock, for the error. */
  readonly holder?: (() => string) | undefined;
}

interface Connection extends OpenDatabase {
  readonly sql: Sql;
  readonly kind: 'writable' | 'read-only' | 'empty';
}

const connection = (kind: Connection['kind'], open: OpenDatabase): Connection => ({
  ...open,
  kind,
  sql: sqlOver(open.db),
});

const pauseMs = 20;

const transaction = <T>({ db, sql }: Connection, begin: string, work: (sql: Sql) => T): T => {
  db.exec(begin);
  try {
    const result = work(sql);
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
};

export const handle = (options: HandleOptions): Handle => {
  const { path, lockTimeoutMs } = options;
  const dataDir = dirname(path);
  const isReadOnly = options.readOnly ?? !isWritable(dataDir, path);
  let current: Connection | undefined;

  const replace = (next: Connection): Connection => {
    current?.close();
    current = next;
    return next;
  };

  const writing = (): Connection => {
    if (current?.kind === 'writable') return current;
    if (isReadOnly) throw readOnlyFault(dataDir);
    return replace(connection('writable', openWritable(path)));
  };

  /** A database that cannot be written today, for a full disk say, can still be read. */
  const readable = (): Connection => {
    if (isReadOnly) return connection('read-only', openReadOnly(path));
    try {
      return connection('writable', openWritable(path));
    } catch (unwritable) {
      if (!isUnwritable(unwritable)) throw unwritable;
      try {
        return connection('read-only', openReadOnly(path));
      } catch (error) {
        // What keeps us from writing is the thing to mend; only damage is worse.
        const isConsequence = isUnwritable(error) || (isOpsError(error) && error.code === 'unavailable');
        throw isConsequence ? unwritable : error;
      }
    }
  };

  const reading = (): Connection => {
    const isThere = sizeOf(path) > 0;
    if (current && (current.kind !== 'empty' || !isThere)) return current;
    if (!isThere) refuseLostCatalogue(path);
    return replace(isThere ? readable() : connection('empty', openEmpty()));
  };

  // A wait is made of short blocks with pauses between them: a signal gets through, timers go on. Their lengths are
  // added up instead of asking a clock, which a test may have stopped.
  const patiently = async <T>(work: () => T): Promise<T> => {
    for (let waitedMs = 0; ; waitedMs += blockMs + pauseMs) {
      try {
        return work();
      } catch (error) {
        if (!isBusy(error)) throw storeFault(error, path);
        if (waitedMs >= lockTimeoutMs) throw heldFault(dataDir, options.holder?.() ?? 'another process');
      }
      await pause(pauseMs);
    }
  };

  const write = <T>(work: (sql: Sql) => T): T =>
    transaction(writing(), 'BEGIN IMMEDIATE', (sql) => {
      options.onLocked?.();
      return work(sql);
    });

  // In WAL mode a commit under NORMAL waits for no disk; the next one under FULL takes it along.
  const withoutSync = <T>(work: (sql: Sql) => T): T => {
    const { db } = writing();
    db.exec('PRAGMA synchronous = NORMAL');
    try {
      return write(work);
    } finally {
      db.exec('PRAGMA synchronous = FULL');
    }
  };

  return {
    path,
    isReadOnly,
    read: (work) => patiently(() => transaction(reading(), 'BEGIN', work)),
    write: (work) => patiently(() => write(work)),
    announce: (work) => patiently(() => withoutSync(work)),
    copyTo: (file) =>
      patiently(() => {
        const { db } = reading();
        try {
          db.prepare<[string]>('VACUUM INTO ?').run(file);
        } catch (error) {
          // A full disk is that of the copy. What is wrong with the source itself is told under its own name.
          throw isUnwritable(error) ? storeFault(error, file) : error;
        }
      }),
    close: () => {
      current?.close();
      current = undefined;
    },
  };
};
