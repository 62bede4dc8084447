import { rmSync } from 'node:fs';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { isDamage } from './faults.js';
import { databaseFiles } from './layout.js';
import { ensureFile } from './open-database.js';
import { type Sql, sqlOver } from './sql.js';

/** What is true only while processes live: no fsync, and nobody misses it after a power cut. */
export interface PinsDatabase {
  readonly path: string;
  /** One transaction. Throws SQLite's own errors. */
  use<T>(work: (sql: Sql) => T): T;
  close(): void;
}

/** Each of its transactions takes microseconds: whoever waits this long waits for a stopped process. */
const lockMs = 2_000;

const schema = `
  CREATE TABLE IF NOT EXISTS pin (
    extent_id  TEXT NOT NULL,
    id         TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (extent_id, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS pin_by_id ON pin (id);
  CREATE TABLE IF NOT EXISTS holder (
    lock    TEXT PRIMARY KEY,
    pid     INTEGER NOT NULL,
    command TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

const open = (path: string): Database => {
  ensureFile(path);
  const db = new SqliteDatabase(path, { timeout: lockMs });
  try {
    // A log, for a journal in memory would leave a broken file behind kill -9.
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = OFF');
    db.exec(schema);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

/** Opened at the first use. One that a power cut has broken is made anew: nobody who pinned has survived it. */
export const pinsDatabase = (path: string): PinsDatabase => {
  let current: { readonly db: Database; readonly sql: Sql } | undefined;

  const close = (): void => {
    current?.db.close();
    current = undefined;
  };

  const once = <T>(work: (sql: Sql) => T): T => {
    if (!current) {
      const db = open(path);
      current = { db, sql: sqlOver(db) };
    }
    const { db, sql } = current;
    return db.transaction(() => work(sql)).immediate();
  };

  return {
    path,
    use: (work) => {
      try {
        return once(work);
      } catch (error) {
        if (!isDamage(error)) throw error;
      }
      close();
      for (const file of databaseFiles(path)) rmSync(file, { force: true });
      return once(work);
    },
    close,
  };
};
