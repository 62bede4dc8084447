import { join } from 'node:path';

/** The books: every area's tables. */
export const opsDatabasePath = (dataDir: string): string => join(dataDir, 'ops.db');

/** Which extents running queries read, and who holds the write lock. */
export const pinsDatabasePath = (dataDir: string): string => join(dataDir, 'pins.db');

/** A SQLite database with the files that belong to it while it is open. */
export const databaseFiles = (path: string): readonly string[] => [path, `${path}-wal`, `${path}-shm`];
