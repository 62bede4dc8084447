import { OpsError } from '../../../base/errors.js';
import type { ColumnStats, Extent, IngestAck, StoredColumn, Table, TableSnapshot } from '../../../core/query/index.js';
import type { Sql } from '../sql.js';

/** A list of ids as one bound value, for `IN (SELECT value FROM json_each(?))`. */
export const idList = (ids: readonly string[]): string => JSON.stringify(ids);

const isoOf = (ms: number): string => new Date(ms).toISOString();

// ---------------------------------------------------------------------------------------------
// Tables

interface TableRow {
  readonly id: number;
  readonly database_id: number;
  readonly database: string;
  readonly name: string;
  readonly columns: string;
  readonly schema_version: number;
  readonly time_column: string | null;
  readonly retention_days: number | null;
  readonly current_snapshot: string | null;
}

const tableSelect = `
  SELECT stored_table.id, database_id, database.name AS database, stored_table.name, columns, schema_version,
         time_column, retention_days, current_snapshot
  FROM stored_table
  JOIN database ON database.id = database_id
  JOIN schema_version ON schema_version.table_id = stored_table.id AND version = schema_version`;

const columnsOf = (json: string): readonly StoredColumn[] => JSON.parse(json) as StoredColumn[];

/** One spelling for one set of columns, so that equal sets are equal text. */
export const columnsJson = (columns: readonly StoredColumn[]): string =>
  JSON.stringify(columns.map(({ name, type, declared }) => ({ name, type, declared })));

const tableFromRow = (row: TableRow): Table => ({
  id: String(row.id),
  databaseId: String(row.database_id),
  database: row.database,
  name: row.name,
  columns: columnsOf(row.columns),
  schemaVersion: row.schema_version,
  ...(row.time_column !== null && { timeColumn: row.time_column }),
  ...(row.retention_days !== null && { retentionDays: row.retention_days }),
  ...(row.current_snapshot !== null && { currentSnapshot: row.current_snapshot }),
});

/** Sorted by name. */
export const tablesIn = (sql: Sql, database: string): readonly Table[] =>
  sql
    .all<TableRow>(`${tableSelect} WHERE database.name = ? ORDER BY stored_table.name`, database)
    .map((row) => tableFromRow(row));

export const tableNamed = (sql: Sql, database: string, name: string): Table | undefined => {
  const row = sql.get<TableRow>(`${tableSelect} WHERE database.name = ? AND stored_table.name = ?`, database, name);
  return row && tableFromRow(row);
};

/** `not_found` where there is no table of this id. */
export const tableById = (sql: Sql, id: string): Table => {
  const row = sql.get<TableRow>(`${tableSelect} WHERE stored_table.id = ?`, Number(id));
  if (row) return tableFromRow(row);
  throw new OpsError('not_found', `there is no table with the id ${id}`, 'see the tables with `ops logs schema`', {
    reason: 'table_not_found',
  });
};

// ---------------------------------------------------------------------------------------------
// Extents

export interface ExtentRow {
  readonly position: number;
  readonly id: string;
  readonly table_id: number;
  readonly database_id: number;
  readonly schema_version: number;
  readonly byte_size: number;
  readonly row_count: number;
  readonly min_timestamp: string | null;
  readonly max_timestamp: string | null;
  readonly column_stats: string;
  readonly present_paths: string;
  readonly compaction_gen: number;
  readonly created_at: number;
  readonly deleted_at: number | null;
}

/** Complete it with conditions on `extent` and an order. */
export const extentSelect = `
  SELECT extent.position, extent.id, extent.table_id, stored_table.database_id, extent.schema_version, byte_size,
         row_count, min_timestamp, max_timestamp, column_stats, present_paths, compaction_gen, extent.created_at,
         deleted_at
  FROM extent
  JOIN stored_table ON stored_table.id = extent.table_id`;

export const extentFromRow = (row: ExtentRow): Extent => ({
  id: row.id,
  tableId: String(row.table_id),
  databaseId: String(row.database_id),
  schemaVersion: row.schema_version,
  byteSize: row.byte_size,
  rowCount: row.row_count,
  ...(row.min_timestamp !== null && { minTimestamp: row.min_timestamp }),
  ...(row.max_timestamp !== null && { maxTimestamp: row.max_timestamp }),
  columnStats: JSON.parse(row.column_stats) as Record<string, ColumnStats>,
  presentPaths: JSON.parse(row.present_paths) as string[],
  compactionGen: row.compaction_gen,
  createdAt: isoOf(row.created_at),
  ...(row.deleted_at !== null && { deletedAt: isoOf(row.deleted_at) }),
});

const versionsOf = (sql: Sql, { id }: Table, extents: readonly Extent[]): TableSnapshot['versions'] => {
  const named = new Set(extents.map(({ schemaVersion }) => schemaVersion));
  const rows = sql.all<{ version: number; columns: string }>(
    'SELECT version, columns FROM schema_version WHERE table_id = ? AND version IN (SELECT value FROM json_each(?))',
    Number(id),
    JSON.stringify([...named]),
  );
  return new Map(rows.map(({ version, columns }) => [version, columnsOf(columns)]));
};

/** These extents of the table, with the columns that their files hold. */
export const snapshotOf = (sql: Sql, table: Table, rows: readonly ExtentRow[]): TableSnapshot => {
  const extents = rows.map((row) => extentFromRow(row));
  return { table, extents, versions: versionsOf(sql, table, extents) };
};

/** What the table holds now. */
export const currentSnapshot = (sql: Sql, table: Table): TableSnapshot =>
  snapshotOf(
    sql,
    table,
    sql.all<ExtentRow>(
      `${extentSelect} WHERE extent.table_id = ? AND deleted_at IS NULL ORDER BY position, ordinal`,
      Number(table.id),
    ),
  );

// ---------------------------------------------------------------------------------------------
// Acknowledgements

/** Keys answer for this long after they were first given. */
const ackLifetimeMs = 24 * 3_600_000;

/** The answer first given to this key; undefined once it is 24 h old. */
export const ackOf = (
  sql: Sql,
  { tableId, key, now }: { readonly tableId: string; readonly key: string; readonly now: Date },
): IngestAck | undefined => {
  const row = sql.get<Omit<IngestAck, 'replayed'>>(
    `SELECT snapshot_id, extent_count, rows_ingested, bytes_written
     FROM ack WHERE table_id = ? AND key = ? AND created_at > ?`,
    Number(tableId),
    key,
    now.getTime() - ackLifetimeMs,
  );
  return row && { ...row, replayed: false };
};
