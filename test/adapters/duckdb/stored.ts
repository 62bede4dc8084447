import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { databaseEngine } from '../../../src/adapters/duckdb/engine.js';
import { extentPath } from '../../../src/adapters/duckdb/extents/paths.js';
import {
  type ColumnType,
  type EngineSession,
  type Extent,
  QueryBudget,
  type StoredColumn,
  type Table,
  type TableSnapshot,
} from '../../../src/core/query/index.js';

export type Columns = Readonly<Record<string, ColumnType>>;

/** An extent to write: the columns that its file holds, and the query that makes its rows. */
export interface ExtentDraft {
  readonly columns: Columns;
  readonly sql: string;
}

export const stored = (columns: Columns): StoredColumn[] =>
  Object.entries(columns).map(([name, type]) => ({ name, type, declared: false }));

/** A data directory in a temporary folder, with real Parquet extents, and an engine on it. */
export const openStore = (options: { readonly devices?: readonly string[] } = {}) => {
  const root = mkdtempSync(join(tmpdir(), 'ops-engine-'));
  const dataDir = join(root, 'data');
  mkdirSync(join(dataDir, 'tmp'), { recursive: true });
  mkdirSync(join(dataDir, 'extents', 'db-1'), { recursive: true });
  const secret = join(dataDir, 'key');
  writeFileSync(secret, 'the-secret-of-this-store');
  let ids = 0;
  const newId = () => `id-${++ids}`;
  const engine = databaseEngine({ dataDir, newId, ...options });
  const now = new Date('2026-03-01T12:00:00.250Z');
  const tables = new Map<string, TableSnapshot>();
  const opened: EngineSession[] = [];

  const addTable = async (name: string, columns: Columns, drafts: readonly ExtentDraft[]): Promise<TableSnapshot> => {
    const table: Table = {
      id: `table-${name}`,
      databaseId: 'db-1',
      database: 'shop',
      name,
      columns: stored(columns),
      schemaVersion: drafts.length + 1,
    };
    const writer = await DuckDBInstance.create(':memory:');
    const connection = await writer.connect();
    await connection.run("SET TimeZone = 'UTC'");
    const extents: Extent[] = [];
    const versions = new Map<number, readonly StoredColumn[]>();
    const known = new Map<string, number>();
    for (const draft of drafts) {
      const key = JSON.stringify(draft.columns);
      const version = known.get(key) ?? known.size + 1;
      known.set(key, version);
      versions.set(version, stored(draft.columns));
      const id = newId();
      const path = extentPath(dataDir, { id, databaseId: 'db-1', tableId: table.id });
      mkdirSync(dirname(path), { recursive: true });
      const reader = await connection.runAndReadAll(
        `COPY (${draft.sql}) TO '${path}' (FORMAT parquet, COMPRESSION zstd)`,
      );
      extents.push({
        id,
        tableId: table.id,
        databaseId: 'db-1',
        schemaVersion: version,
        byteSize: 1,
        rowCount: Number(reader.getRows()[0]?.[0]),
        columnStats: {},
        presentPaths: [],
        compactionGen: 0,
        createdAt: now.toISOString(),
      });
    }
    connection.closeSync();
    writer.closeSync();
    const snapshot = { table, extents, versions };
    tables.set(name, snapshot);
    return snapshot;
  };

  const session = async (budget: Partial<QueryBudget> = {}): Promise<EngineSession> => {
    const one = await engine.openDatabase({
      databaseId: 'db-1',
      database: 'shop',
      tables: [...tables.values()].map(({ table }) => table),
      budget: QueryBudget.parse(budget),
      now,
    });
    opened.push(one);
    return one;
  };

  /** Lines of the answer, each as it came out. */
  const lines = async (
    sql: string,
    run: { budget?: Partial<QueryBudget>; signal?: AbortSignal } = {},
  ): Promise<string[]> => {
    const one = await session(run.budget);
    try {
      const statement = await one.check(sql);
      const execution = await one.execute(statement, {
        tables,
        budget: QueryBudget.parse(run.budget ?? {}),
        signal: run.signal ?? new AbortController().signal,
      });
      try {
        const chunks: Uint8Array[] = [];
        for await (const chunk of execution.ndjson()) chunks.push(chunk);
        return Buffer.concat(chunks).toString('utf8').split('\n').slice(0, -1);
      } finally {
        await execution.close();
      }
    } finally {
      await one.close();
    }
  };

  const close = async (): Promise<void> => {
    for (const one of opened) await one.close();
    await engine.close();
    rmSync(root, { recursive: true, force: true });
  };
  return { root, dataDir, secret, now, engine, tables, addTable, session, lines, close };
};

export type Store = ReturnType<typeof openStore>;
