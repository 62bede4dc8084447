import { OpsError } from '../../../base/errors.js';
import type { CommitOutcome, Table, TableCommit } from '../../../core/query/index.js';
import { appendEvents } from '../events.js';
import type { Handle } from '../handle.js';
import type { Sql } from '../sql.js';
import { ackOf, columnsJson, type ExtentRow, extentSelect, idList, tableById } from './rows.js';
import { schemaVersionOf } from './tables.js';

const conflict: CommitOutcome = { committed: false, reason: 'conflict' };

const intentLapsed = (table: Table): OpsError =>
  new OpsError(
    'unavailable',
    `storing in "${table.database}.${table.name}" stood still for so long that its files were given up`,
    'send the same rows again; nothing of them was stored',
    { reason: 'ingest_failed' },
  );

const total = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0);

/** The extents to remove, in the order of the table; undefined where one of them is no longer live. */
const removedRows = (sql: Sql, change: TableCommit): readonly ExtentRow[] | undefined => {
  const rows = sql.all<ExtentRow>(
    `${extentSelect} WHERE extent.table_id = ? AND deleted_at IS NULL AND extent.id IN (SELECT value FROM json_each(?))
     ORDER BY position, ordinal`,
    Number(change.tableId),
    idList(change.remove),
  );
  return rows.length === new Set(change.remove).size ? rows : undefined;
};

const insertSnapshot = (
  sql: Sql,
  change: TableCommit,
  { id, removed }: { id: string; removed: readonly ExtentRow[] },
) =>
  sql.get<{ sequence: number }>(
    `INSERT INTO snapshot
       (id, table_id, parent, operation, rows_added, rows_removed, bytes_added, bytes_removed, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     RETURNING sequence`,
    id,
    Number(change.tableId),
    change.expected ?? null,
    change.operation,
    total(change.add, ({ rowCount }) => rowCount),
    total(removed, ({ row_count }) => row_count),
    total(change.add, ({ byteSize }) => byteSize),
    total(removed, ({ byte_size }) => byte_size),
    change.now.getTime(),
  )?.sequence ?? 0;

/** An extent goes to the end, or takes the place of one that it replaces: the order of rows never changes. */
const insertExtents = (
  sql: Sql,
  change: TableCommit,
  { sequence, removed }: { sequence: number; removed: readonly ExtentRow[] },
): void => {
  if (change.add.length === 0) return;
  const tableId = Number(change.tableId);
  const version = schemaVersionOf(sql, tableId, columnsJson(change.writtenColumns ?? change.columns));
  const places = change.operation === 'compaction' ? removed.map(({ position }) => position) : [];
  change.add.forEach((extent, index) => {
    sql.run(
      `INSERT INTO extent
         (position, id, table_id, schema_version, byte_size, row_count, min_timestamp, max_timestamp, column_stats,
          present_paths, compaction_gen, added_by, created_at)
       VALUES (coalesce(?, (SELECT coalesce(max(ordinal), 0) + 1 FROM extent)), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      places[index] ?? places.at(-1) ?? null,
      extent.id,
      tableId,
      version,
      extent.byteSize,
      extent.rowCount,
      extent.minTimestamp ?? null,
      extent.maxTimestamp ?? null,
      JSON.stringify(extent.columnStats),
      JSON.stringify(extent.presentPaths),
      extent.compactionGen,
      sequence,
      change.now.getTime(),
    );
  });
};

const updateTable = (sql: Sql, change: TableCommit, snapshotId: string): void => {
  const tableId = Number(change.tableId);
  sql.run(
    `UPDATE stored_table
     SET current_snapshot = ?, schema_version = ?, time_column = coalesce(?, time_column)
     WHERE id = ?`,
    snapshotId,
    schemaVersionOf(sql, tableId, columnsJson(change.columns)),
    change.timeColumn ?? null,
    tableId,
  );
  if (change.retentionDays === undefined) return;
  sql.run('UPDATE stored_table SET retention_days = ? WHERE id = ?', change.retentionDays, tableId);
};

const rememberAcks = (sql: Sql, change: TableCommit, snapshotId: string): void => {
  for (const { key, rows, bytes } of change.acks ?? []) {
    sql.run(
      `INSERT OR REPLACE INTO ack
         (table_id, key, snapshot_id, extent_count, rows_ingested, bytes_written, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      Number(change.tableId),
      key,
      snapshotId,
      change.add.length,
      rows,
      bytes,
      change.now.getTime(),
    );
  }
};

/** Nothing has been changed where it answers `conflict`. */
const apply = (sql: Sql, change: TableCommit, snapshotId: string): CommitOutcome => {
  const { tableId, now } = change;
  const table = tableById(sql, tableId);
  if (table.currentSnapshot !== change.expected) return conflict;
  if (change.acks?.some(({ key }) => ackOf(sql, { tableId, key, now }) !== undefined)) return conflict;
  const removed = removedRows(sql, change);
  if (!removed) return conflict;
  // The sweep takes a lapsed intent away before it removes the file: no row here may name a file that is gone.
  if (change.intent !== undefined && sql.run('DELETE FROM intent WHERE id = ?', change.intent) === 0)
    throw intentLapsed(table);
  const sequence = insertSnapshot(sql, change, { id: snapshotId, removed });
  insertExtents(sql, change, { sequence, removed });
  sql.run(
    'UPDATE extent SET deleted_at = ? WHERE id IN (SELECT value FROM json_each(?))',
    now.getTime(),
    idList(change.remove),
  );
  updateTable(sql, change, snapshotId);
  rememberAcks(sql, change, snapshotId);
  appendEvents(sql, change.events ?? []);
  return { committed: true, snapshotId };
};

/** Compare-and-swap of one table's current snapshot, with everything that belongs to it, in one transaction. */
export const commitTo =
  (db: Handle, newId: () => string) =>
  (change: TableCommit): Promise<CommitOutcome> => {
    const snapshotId = newId();
    return db.write((sql) => apply(sql, change, snapshotId));
  };
