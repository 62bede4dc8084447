import { lstat, readdir } from 'node:fs/promises';
import { OpsError } from '../../base/errors.js';
import { opsDatabasePath, type Store, storeFault } from '../sqlite/index.js';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** No such file, or no such directory on the way to it. */
export const isAbsence = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error));

/** True where something has this name; a folder that may not be looked into is `unavailable`. */
export const exists = async (path: string): Promise<boolean> => {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw storeFault(error, path);
  }
};

const hint =
  'name the one you mean with --data-dir; `ops ingest` makes one, `ops data restore` fills one from a backup';

/** `not_found` for a data directory that is not there, `unavailable` for one that may not be listed. */
export const requireDirectory = async ({ dataDir }: Pick<Store, 'dataDir'>): Promise<void> => {
  try {
    await readdir(dataDir);
  } catch (error) {
    if (isAbsence(error)) throw new OpsError('not_found', `data directory ${dataDir} does not exist`, hint);
    throw storeFault(error, dataDir);
  }
};

/** As `requireDirectory`, and `not_found` for a directory in which nothing was ever stored. */
export const requireStore = async (store: Store): Promise<void> => {
  await requireDirectory(store);
  if (await exists(opsDatabasePath(store.dataDir))) return;
  await store.db.read(() => undefined); // Extents without their books are damage, and told as such.
  throw new OpsError('not_found', `data directory ${store.dataDir} holds no ops.db: nothing is stored there`, hint);
};
