import SqliteDatabase, { type Database } from 'better-sqlite3';
import { OpsError } from '../../base/errors.js';
import type { Extent } from '../../core/query/index.js';
import { type ExtentRow, extentFromRow, extentSelect } from './catalog/rows.js';
import { storeFault } from './faults.js';
import { checkSchema } from './migrations.js';

const withCopy = <T>(path: string, use: (db: Database) => T): T => {
  const db = new SqliteDatabase(path, { fileMustExist: true });
  try {
    return use(db);
  } catch (error) {
    throw storeFault(error, path);
  } finally {
    db.close();
  }
};

const liveExtents = (db: Database): readonly Extent[] =>
  db
    .prepare<[], ExtentRow>(`${extentSelect} WHERE deleted_at IS NULL ORDER BY ordinal`)
    .all()
    .map((row) => extentFromRow(row));

/**
 * Takes out of a copy of ops.db what dies with its processes, and the extents that no snapshot holds any more.
 * Returns the others: with their files the copy is complete.
 */
export const settleCopy = (path: string): readonly Extent[] =>
  withCopy(path, (db) => {
    db.exec('BEGIN; DELETE FROM extent WHERE deleted_at IS NOT NULL; DELETE FROM intent; DELETE FROM lease; COMMIT');
    return liveExtents(db);
  });

/** Extents of a settled copy. `invalid_data` for one that is damaged, foreign, or of a newer `ops`. */
export const inspectCopy = (path: string): readonly Extent[] =>
  withCopy(path, (db) => {
    const schema = checkSchema(db, path);
    const verdict = db.pragma('integrity_check(1)', { simple: true });
    if (schema > 0 && verdict === 'ok') return liveExtents(db);
    throw new OpsError('invalid_data', `${path} is damaged: ${String(verdict)}`, 'use another backup', {
      reason: 'store_damaged',
    });
  });
