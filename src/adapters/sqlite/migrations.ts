import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { OpsError } from '../../base/errors.js';

/** One numbered step forward of the schema; there is no way back. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

// Beside this file in the sources; in the built program scripts/build.ts has copied the .sql files to dist/migrations,
// which is beside the chunk that holds this module, or one folder above it.
const folders = [new URL('./migrations/', import.meta.url), new URL('../migrations/', import.meta.url)];

const named = /^(\d{4})-[a-z0-9-]+\.sql$/;

const filesIn = (folder: URL): string[] => {
  try {
    return readdirSync(folder).filter((name) => named.test(name));
  } catch {
    return []; // the next folder is tried; having none at all is an error below
  }
};

let known: readonly Migration[] | undefined;

/** Every migration that this program knows, in order. Throws `internal` where the program was packed without them. */
const migrations = (): readonly Migration[] => {
  if (known) return known;
  const folder = folders.find((candidate) => filesIn(candidate).length > 0);
  if (!folder)
    throw new OpsError('internal', 'the schema of ops.db is missing from this installation', 'install ops again');
  known = filesIn(folder)
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 4)), sql: readFileSync(new URL(name, folder), 'utf8') }));
  return known;
};

/** Number of the newest schema that this program knows. */
export const knownSchema = (): number => migrations().at(-1)?.version ?? 0;

/** Schema number of an open database; 0 for an empty one. */
export const schemaOf = (db: Database): number => Number(db.pragma('user_version', { simple: true }));

/**
 * Refuses to begin a new catalogue beside extents of an old one: the rows would seem gone, and the sweep would remove
 * them for good. `path` is that of ops.db.
 */
export const refuseLostCatalogue = (path: string): void => {
  const extents = join(dirname(path), 'extents');
  const holdsRows =
    existsSync(extents) && readdirSync(extents, { recursive: true }).some((name) => String(name).endsWith('.parquet'));
  if (!holdsRows) return;
  throw new OpsError(
    'invalid_data',
    `${path} is missing or empty, but there are extents beside it: the catalogue has been lost`,
    'put ops.db back, or restore a backup into an empty directory with `ops data restore`; nothing was changed',
  );
};

/** Refuses a database that a newer program wrote, and one that no `ops` wrote. Changes nothing. */
export const checkSchema = (db: Database, path: string): number => {
  const version = schemaOf(db);
  if (version > knownSchema())
    throw new OpsError(
      'invalid_data',
      `${path} was written by a newer ops (schema ${version}, this one knows ${knownSchema()})`,
      'upgrade ops, or use another directory with --data-dir; nothing was changed',
    );
  const tables = db.prepare<[], { n: number }>('SELECT count(*) AS n FROM sqlite_schema').get()?.n ?? 0;
  if (version === 0 && tables === 0) refuseLostCatalogue(path);
  if (version === 0 && tables > 0)
    throw new OpsError(
      'invalid_data',
      `${path} is a SQLite database, but not one of ops`,
      'use another directory with --data-dir; nothing was changed',
    );
  return version;
};

/**
 * Brings the schema up to date, each step in a transaction of its own. Several processes may do so at once: the write
 * lock lets one in, and the others find the work done.
 */
export const migrate = (db: Database, path: string): void => {
  for (const { version, sql } of migrations()) {
    if (checkSchema(db, path) >= version) continue;
    db.exec('BEGIN IMMEDIATE');
    try {
      if (schemaOf(db) < version) {
        db.exec(sql);
        db.pragma(`user_version = ${version}`);
      }
      db.exec('COMMIT');
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }
};
