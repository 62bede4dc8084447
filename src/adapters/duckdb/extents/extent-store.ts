import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { OpsError } from '../../../base/errors.js';
import type { ExtentStore, NewExtent, StagedExtent, StoredColumn, Table } from '../../../core/query/index.js';
import { leftoversIn } from '../leftovers.js';
import { identifier } from '../quote.js';
import { duckdbType } from '../types.js';
import { snapshotQuery } from '../views.js';
import { publishFile, removeFile, storageFault, syncFile } from './durable.js';
import { extentPath, extentsRoot, temporaryFolder } from './paths.js';
import { readingQuery } from './reading.js';
import { writeRowFiles } from './row-files.js';
import { scratchFiles } from './scratch.js';
import { type WrittenFile, writeParquet } from './written-file.js';

export interface ExtentStoreOptions {
  readonly dataDir: string;
  readonly newId: () => string;
  /** The system's temporary folder, where killed processes may have left spools; absent: nobody looks there. */
  readonly spools?: string;
}

/** One engine instance of our own for writing; user text never reaches it. Connections are kept: each costs a setting. */
const writer = () => {
  let instance: Promise<DuckDBInstance> | undefined;
  const idle: DuckDBConnection[] = [];

  const connect = async (): Promise<DuckDBConnection> => {
    instance ??= DuckDBInstance.create(':memory:', { memory_limit: '4GB', autoinstall_known_extensions: 'false' });
    const connection = await (await instance).connect();
    await connection.run("SET TimeZone = 'UTC'");
    return connection;
  };

  return {
    use: async <T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
      const connection = idle.pop() ?? (await connect());
      try {
        return await work(connection);
      } finally {
        idle.push(connection);
      }
    },
    close: async () => {
      for (const connection of idle.splice(0)) connection.closeSync();
      const open = await instance;
      instance = undefined;
      open?.closeSync();
    },
  };
};

const sizeOf = (bodies: readonly Uint8Array[]): number => bodies.reduce((sum, { length }) => sum + length, 0);

/** An extent that cannot be merged, in our words: the engine's name its path. */
const readFault = (error: unknown): unknown => {
  const extent =
    error instanceof OpsError || !(error instanceof Error) ? undefined : /([\w-]+)\.parquet/.exec(error.message)?.[1];
  if (extent === undefined) return error;
  return new OpsError(
    'internal',
    `extent ${extent} cannot be read: its file is missing or damaged`,
    'check the store with `ops data verify`',
    { reason: 'catalog_error', cause: error },
  );
};

const timeRange = ({ columnStats }: WrittenFile, timeColumn: string | undefined) => {
  const { min, max } = (timeColumn === undefined ? undefined : columnStats[timeColumn]) ?? {};
  return { ...(min !== undefined && { minTimestamp: min }), ...(max !== undefined && { maxTimestamp: max }) };
};

const draft = (
  table: Table,
  written: WrittenFile,
  rest: Pick<NewExtent, 'id' | 'presentPaths' | 'compactionGen'> & { readonly timeColumn: string | undefined },
): StagedExtent => ({
  extent: {
    id: rest.id,
    tableId: table.id,
    databaseId: table.databaseId,
    byteSize: written.byteSize,
    rowCount: written.rowCount,
    ...timeRange(written, rest.timeColumn),
    columnStats: written.columnStats,
    presentPaths: rest.presentPaths,
    compactionGen: rest.compactionGen,
  },
});

/** Folders two levels deep under `extents/`, and the files in `tmp/`. */
const filesIn = async (folder: string, depth: number): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth > 0) found.push(...(await filesIn(path, depth - 1)));
    else if (entry.isFile() || entry.isFIFO()) found.push(path);
  }
  return found;
};

const idOf = (path: string): string => (path.split('/').pop() ?? '').split('.')[0] ?? '';

/** Extents as zstd Parquet files under `<data-dir>/extents`; see the crash rule in docs/architecture.md. */
export const extentStore = ({
  dataDir,
  newId,
  spools,
}: ExtentStoreOptions): ExtentStore & { close(): Promise<void> } => {
  const engine = writer();
  const temporary = temporaryFolder(dataDir);
  const scratch = scratchFiles(temporary, newId);
  const staging = (id: string): string => join(temporary, `${id}.parquet`);

  const write = async (
    query: string,
    { id, columns }: { id: string; columns: readonly StoredColumn[] },
  ): Promise<WrittenFile> => {
    const path = staging(id);
    try {
      const written = await engine.use((connection) => writeParquet(connection, query, { path, columns }));
      await syncFile(path);
      return written;
    } catch (error) {
      await removeFile(path);
      throw readFault(storageFault(error, 'cannot write an extent'));
    }
  };

  const checkRows = (written: WrittenFile, expected: number | undefined): void => {
    if (expected === undefined || written.rowCount === expected) return;
    throw new OpsError(
      'internal',
      `the engine read ${written.rowCount} rows where ${expected} were validated; nothing was stored`,
      'please report this with the rows that caused it',
      { reason: 'ingest_failed' },
    );
  };

  return {
    stageRows: async ({ table, bodies, sources, timeColumn, presentPaths, longestLine, rows }) => {
      const id = newId();
      const files = await writeRowFiles(bodies, scratch.write).catch((error: unknown) => {
        throw storageFault(error, 'cannot write to the data directory');
      });
      try {
        const columns = sources.map(({ column }) => column);
        const written = await write(readingQuery(files.paths, { sources, longestLine, bytes: sizeOf(bodies) }), {
          id,
          columns,
        });
        checkRows(written, rows);
        return draft(table, written, { id, presentPaths, compactionGen: 0, timeColumn });
      } finally {
        files.release();
      }
    },

    stageMerge: async ({ snapshot, extents, columns }) => {
      const id = newId();
      const { table } = snapshot;
      const rows = snapshotQuery({ ...snapshot, extents, table: { ...table, columns } }, (extent) =>
        extentPath(dataDir, extent),
      );
      const select = columns.map(
        ({ name, type }) => `CAST(${identifier(name)} AS ${duckdbType(type)}) AS ${identifier(name)}`,
      );
      const written = await write(`SELECT ${select.join(', ')} FROM (${rows})`, { id, columns });
      checkRows(
        written,
        extents.reduce((sum, { rowCount }) => sum + rowCount, 0),
      );
      return draft(table, written, {
        id,
        presentPaths: [...new Set(extents.flatMap((extent) => extent.presentPaths))],
        compactionGen: 1 + Math.max(...extents.map(({ compactionGen }) => compactionGen)),
        timeColumn: table.timeColumn,
      });
    },

    publish: async (staged) => {
      try {
        for (const { extent } of staged) await publishFile(staging(extent.id), extentPath(dataDir, extent));
      } catch (error) {
        throw storageFault(error, 'cannot move an extent into place');
      }
    },

    discard: async (staged) => {
      await Promise.allSettled(staged.map(({ extent }) => removeFile(staging(extent.id))));
    },

    remove: async (extents) => {
      for (const extent of extents) await removeFile(extentPath(dataDir, extent));
    },

    olderThan: async (before) => {
      const paths = [...(await filesIn(extentsRoot(dataDir), 2)), ...(await filesIn(temporary, 0))];
      const old: { id: string; remove(): Promise<void> }[] = [...(await leftoversIn(temporary, before))];
      if (spools !== undefined) old.push(...(await leftoversIn(spools, before)));
      for (const path of paths) {
        const facts = await stat(path).catch(() => undefined);
        if (facts && facts.mtime < before) old.push({ id: idOf(path), remove: () => removeFile(path) });
      }
      return old;
    },

    close: async () => {
      await scratch.close();
      await engine.close();
    },
  };
};
