import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Extent } from '../../core/query/index.js';

type ExtentPlace = Pick<Extent, 'id' | 'databaseId' | 'tableId'>;

/** Path of an extent within a data directory, with `/` on every system. */
export const extentName = ({ databaseId, tableId, id }: ExtentPlace): string =>
  `extents/${databaseId}/${tableId}/${id}.parquet`;

export const extentsFolder = (dataDir: string): string => join(dataDir, 'extents');
export const temporaryFolder = (dataDir: string): string => join(dataDir, 'tmp');
export const keyPath = (dataDir: string): string => join(dataDir, 'key');

/** Every name that an archive may hold; nothing else is ever written on a restore. */
export const isArchiveName = (name: string): boolean =>
  name === 'ops.db' || name === 'key' || /^extents\/[A-Za-z0-9-]+\/[A-Za-z0-9-]+\/[A-Za-z0-9-]+\.parquet$/.test(name);

/** Files under a folder at any depth; none where the folder does not exist. */
export const filesUnder = async (folder: string): Promise<string[]> => {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
};
