import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** SQLite takes this much, in bytes, for the index of its log before it writes anything. */
const least = 32 * 2 ** 10;

/**
 * True where files may be made in this folder, or in the nearest one above that exists, but the disk has no room for
 * one: no bytes, or no inodes. False on a read-only file system, and where the system does not tell.
 */
export const isOutOfRoom = (folder: string): boolean => {
  if (!existsSync(folder)) return dirname(folder) !== folder && isOutOfRoom(dirname(folder));
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    const { bavail, bsize, files, ffree } = statfsSync(folder);
    return bavail * bsize < least || (files > 0 && ffree === 0);
  } catch {
    return false; // EACCES or EROFS: room is not what is missing
  }
};
