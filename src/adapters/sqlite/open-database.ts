import {
  accessSync,
  closeSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { OpsError } from '../../base/errors.js';
import { isUnwritable } from './faults.js';
import { checkSchema, knownSchema, migrate } from './migrations.js';

/** How long one call may block the process for a lock; longer waits are made of several, so that signals get through. */
export const blockMs = 50;

/** A connection, and what closing it takes. */
export interface OpenDatabase {
  readonly db: Database;
  close(): void;
}

const opened = (db: Database, setUp: () => void): OpenDatabase => {
  try {
    setUp();
  } catch (error) {
    db.close();
    throw error;
  }
  return { db, close: () => db.close() };
};

/** True where files can be made and changed in this directory, or where it can still be made. */
export const isWritable = (dataDir: string, path: string): boolean => {
  try {
    if (existsSync(dataDir)) accessSync(dataDir, constants.W_OK | constants.X_OK);
    if (existsSync(path)) accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false; // EACCES or EROFS: that is the answer
  }
};

/** Makes directory (0700) and file (0600) where absent. Nobody else is to read what was ingested. */
export const ensureFile = (path: string): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
};

/** For reading and writing, durable at each commit, at the newest schema. Throws SQLite's own errors. */
export const openWritable = (path: string): OpenDatabase => {
  ensureFile(path);
  const db = new SqliteDatabase(path, { timeout: blockMs });
  return opened(db, () => {
    checkSchema(db, path);
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    migrate(db, path);
  });
};

/** What a store that was never written holds: the same tables, in memory. */
export const openEmpty = (): OpenDatabase => {
  const db = new SqliteDatabase(':memory:');
  return opened(db, () => migrate(db, 'ops.db'));
};

const checkReadable = (db: Database, path: string): void => {
  const version = checkSchema(db, path);
  if (version === knownSchema()) return;
  throw new OpsError(
    'unavailable',
    `${path} has schema ${version}, this ops needs ${knownSchema()}, and the data directory is read-only`,
    'run any command of this ops once where the directory can be written',
  );
};

/** Size in bytes; 0 for a file that does not exist. */
export const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const fingerprint = (path: string): string =>
  [path, `${path}-wal`]
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .map((facts) => (facts ? `${facts.mtimeMs}/${facts.size}` : '-'))
    .join(' ');

const tries = 5;

/** What `read` gives while nobody else writes: half old, half new bytes would be no database. */
const undisturbed = <T>(path: string, read: () => T): T => {
  for (let attempt = 0; attempt < tries; attempt++) {
    const before = fingerprint(path);
    const value = read();
    if (fingerprint(path) === before) return value;
  }
  throw new OpsError('unavailable', `${path} changes while it is being read`, 'try again');
};

/** A private copy with its log: SQLite rebuilds there the index of the log that it cannot make beside the original. */
const openCopy = (path: string): OpenDatabase => {
  const folder = mkdtempSync(join(tmpdir(), `ops-read-${process.pid}-`));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, basename(path));
    undisturbed(path, () => {
      for (const suffix of ['', '-wal']) cpSync(path + suffix, copy + suffix, { force: true });
    });
    const db = new SqliteDatabase(copy);
    const { close } = opened(db, () => checkReadable(db, path));
    return {
      db,
      close: () => {
        close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
};

/** The whole file in memory, with the mark "uses a log" (bytes 18 and 19 of its header) taken out. */
const openInMemory = (path: string): OpenDatabase => {
  const bytes = undisturbed(path, () => readFileSync(path));
  const db = new SqliteDatabase(bytes.fill(1, 18, 20), { readonly: true });
  return opened(db, () => checkReadable(db, path));
};

/**
 * For reading where nothing can be written. While somebody else writes, SQLite reads log and index where they are. At
 * rest there is no log, and a reader that cannot make one is refused by SQLite: then it reads a copy, which shows the
 * state of that moment for as long as it is open. Throws SQLite's own errors.
 */
export const openReadOnly = (path: string): OpenDatabase => {
  try {
    const db = new SqliteDatabase(path, { readonly: true, timeout: blockMs });
    return opened(db, () => checkReadable(db, path));
  } catch (error) {
    if (!isUnwritable(error)) throw error;
  }
  return sizeOf(`${path}-wal`) === 0 ? openInMemory(path) : openCopy(path);
};
