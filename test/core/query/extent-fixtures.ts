import type { ColumnStats, Extent, StoredColumn, Table, TableSnapshot } from '../../../src/core/query/index.js';

export const column = (name: string, type: StoredColumn['type'], declared = false): StoredColumn => ({
  name,
  type,
  declared,
});

export const table = (columns: readonly StoredColumn[], rest: Partial<Table> = {}): Table => ({
  id: 't1',
  databaseId: 'd1',
  database: 'default',
  name: 'logs',
  columns,
  schemaVersion: 1,
  currentSnapshot: 's1',
  ...rest,
});

export const extent = (id: string, rest: Partial<Extent> = {}): Extent => ({
  id,
  tableId: 't1',
  databaseId: 'd1',
  schemaVersion: 1,
  byteSize: 1_000,
  rowCount: 10,
  columnStats: {},
  presentPaths: [],
  compactionGen: 0,
  createdAt: '2026-11-20T00:00:00Z',
  ...rest,
});

export const withStats = (id: string, columnStats: Record<string, ColumnStats>, rest: Partial<Extent> = {}): Extent =>
  extent(id, { columnStats, ...rest });

export const snapshot = (
  extents: readonly Extent[],
  columns: readonly StoredColumn[],
  versions: ReadonlyMap<number, readonly StoredColumn[]> = new Map([[1, columns]]),
): TableSnapshot => ({ table: table(columns), extents, versions });
