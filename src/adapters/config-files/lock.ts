import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { OpsError } from '../../base/errors.js';
import { unwritable } from './faults.js';

const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');

const retryMs = 20;

/**
 * Runs `work` while no other process and no other call holds the lock. The lock is the kernel's, on an empty file beside
 * the config, so it ends with its process, however that ends. Throws `conflict` after `waitMs`.
 */
export const whileLocked = async <T>(
  lock: { readonly file: string; readonly waitMs: number },
  work: () => Promise<T>,
): Promise<T> => {
  const held = await acquire(lock);
  try {
    return await work();
  } finally {
    held.close();
  }
};

const acquire = async ({
  file,
  waitMs,
}: {
  readonly file: string;
  readonly waitMs: number;
}): Promise<Database.Database> => {
  const deadline = performance.now() + waitMs;
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { timeout: 0 });
    for (;;) {
      try {
        database.exec('BEGIN EXCLUSIVE');
        return database;
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (performance.now() >= deadline)
          throw new OpsError(
            'conflict',
            `another process is changing the config (lock ${file})`,
            'try again, or wait longer with --lock-timeout',
            { reason: 'config_locked', cause: error },
          );
        await sleep(retryMs);
      }
    }
  } catch (error) {
    database?.close();
    if (error instanceof Database.SqliteError || error instanceof TypeError) throw unwritable(file, error);
    throw error;
  }
};
