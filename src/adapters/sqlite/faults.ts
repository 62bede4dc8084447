import { dirname } from 'node:path';
import { isOpsError, OpsError } from '../../base/errors.js';
import { isOutOfRoom } from './room.js';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** True where another connection holds the lock; trying again is right. */
export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));

/** True where the file is no readable database. */
export const isDamage = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));

const isFull = (code: string): boolean => /^(SQLITE_FULL|SQLITE_IOERR_SHMSIZE|ENOSPC|EDQUOT)$/.test(code);
const isRefused = (code: string): boolean => /^(SQLITE_(READONLY|CANTOPEN|PERM)|EROFS|EACCES|EPERM)/.test(code);

/** True where a database cannot be written, which does not keep anybody from reading it. */
export const isUnwritable = (error: unknown): boolean =>
  isFull(codeOf(error)) || isRefused(codeOf(error)) || codeOf(error).startsWith('SQLITE_IOERR');

/** `unavailable`: the data directory cannot be written at all. */
export const readOnlyFault = (dataDir: string, cause?: unknown): OpsError =>
  new OpsError(
    'unavailable',
    `data directory ${dataDir} is read-only`,
    'queries work; to write, give yourself write permission or choose another directory with --data-dir',
    { reason: 'read_only', cause },
  );

/** `conflict`: somebody else wrote for longer than the caller wanted to wait. */
export const heldFault = (dataDir: string, holder: string): OpsError =>
  new OpsError(
    'conflict',
    `the store ${dataDir} is held by ${holder}`,
    'try again, or wait longer with --lock-timeout 60s',
    { reason: 'store_locked' },
  );

/**
 * Known failures of SQLite and of the disk in people's words; anything else comes back as it was. SQLite says "cannot
 * open" also where there is no room for one more file, so `hasNoRoom` is asked about the folder then.
 */
export const storeFault = (error: unknown, path: string, hasNoRoom = isOutOfRoom): unknown => {
  const code = codeOf(error);
  if (isOpsError(error)) return error;
  if (isBusy(error)) return heldFault(dirname(path), 'another process');
  if (isDamage(error))
    return new OpsError(
      'invalid_data',
      `${path} is damaged: ${error instanceof Error ? error.message : code}`,
      'see what is left with `ops data verify`, then put a backup into an empty directory with `ops data restore`',
      { reason: 'store_damaged', cause: error },
    );
  if (isFull(code) || (isRefused(code) && hasNoRoom(dirname(path))))
    return new OpsError(
      'unavailable',
      `cannot write ${path}: no space is left on the device`,
      'free space, then try again; nothing of this was stored',
      { reason: 'disk_full', cause: error },
    );
  if (isRefused(code))
    return new OpsError(
      'unavailable',
      `cannot open or write ${path}: permission denied or read-only`,
      'check the permissions with `ops doctor`, or choose another directory with --data-dir',
      { reason: 'read_only', cause: error },
    );
  if (code.startsWith('SQLITE_IOERR') || code === 'EIO')
    return new OpsError(
      'unavailable',
      `${path}: the device reports an input/output error`,
      'check the disk, then `ops data verify`',
      { reason: 'disk_error', cause: error },
    );
  return error;
};
