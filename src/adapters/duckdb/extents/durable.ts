import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OpsError } from '../../../base/errors.js';
import { isOutOfRoom } from '../../sqlite/room.js';

const causes: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EIO: 'the device reports an input/output error',
  EMFILE: 'too many open files',
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Node says that a folder "does not exist" where there was no inode left to make it. */
const isMissingInode = (error: unknown): boolean =>
  codeOf(error) === 'ENOENT' &&
  error instanceof Error &&
  'path' in error &&
  typeof error.path === 'string' &&
  isOutOfRoom(dirname(error.path));

/** The engine reports a full disk as text only. */
const engineCause = (error: unknown): string | undefined => {
  const text = error instanceof Error ? error.message : '';
  if (/no space left|disk quota/i.test(text)) return causes.ENOSPC;
  if (/read-only file system/i.test(text)) return causes.EROFS;
  if (/could not write|failed to write/i.test(text)) return 'the disk is full, or the device refuses the bytes';
  return /permission denied/i.test(text) ? causes.EACCES : undefined;
};

/** Known failures of the disk as `unavailable`; anything else comes back as it was. */
export const storageFault = (error: unknown, doing: string): unknown => {
  const cause = causes[isMissingInode(error) ? 'ENOSPC' : codeOf(error)] ?? engineCause(error);
  if (cause === undefined) return error;
  return new OpsError(
    'unavailable',
    `${doing}: ${cause}`,
    'free space or repair the data directory, then try again; nothing was stored',
    {
      reason: 'ingest_failed',
      cause: error,
    },
  );
};

const withHandle = async (path: string, flags: string, use: (handle: FileHandle) => Promise<void>): Promise<void> => {
  const handle = await open(path, flags);
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
};

/** The file's bytes survive a power cut from here on. */
export const syncFile = (path: string): Promise<void> => withHandle(path, 'r', (handle) => handle.sync());

/** Renames into place; the new name survives a power cut when this resolves. */
export const publishFile = async (from: string, to: string): Promise<void> => {
  const folder = dirname(to);
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  await rename(from, to);
  await syncFile(folder);
  // A folder made just now must survive as well: its parents hold its name.
  for (let parent = folder; made !== undefined && parent.length >= made.length; ) {
    parent = dirname(parent);
    await syncFile(parent);
  }
};

/** Removes a file that may be gone already. */
export const removeFile = (path: string): Promise<void> => rm(path, { force: true });
