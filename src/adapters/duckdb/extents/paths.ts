import { join } from 'node:path';
import type { Extent } from '../../../core/query/index.js';

type ExtentPlace = Pick<Extent, 'id' | 'databaseId' | 'tableId'>;

/** Folder of all extents of a data directory. */
export const extentsRoot = (dataDir: string): string => join(dataDir, 'extents');

/** Folder of one database's extents: what its sessions may read, and nothing else. */
export const databaseFolder = (dataDir: string, databaseId: string): string => join(extentsRoot(dataDir), databaseId);

/** Final path of an extent. Ids only: names of tables never become paths. */
export const extentPath = (dataDir: string, { databaseId, tableId, id }: ExtentPlace): string =>
  join(databaseFolder(dataDir, databaseId), tableId, `${id}.parquet`);

/** Where half-written files are. */
export const temporaryFolder = (dataDir: string): string => join(dataDir, 'tmp');
