import type { Catalog, Table } from '../../../core/query/index.js';
import type { Handle } from '../handle.js';
import type { Sql } from '../sql.js';
import { ackOf, columnsJson, currentSnapshot, tableById, tableNamed, tablesIn } from './rows.js';

type Books = Pick<Catalog, 'databases' | 'tables' | 'table' | 'createTable' | 'snapshot' | 'acknowledged'>;

const idOfDatabase = (sql: Sql, name: string): number | undefined =>
  sql.get<{ id: number }>('SELECT id FROM database WHERE name = ?', name)?.id;

/** The number of this set of columns in this table; a new set gets the next. */
export const schemaVersionOf = (sql: Sql, tableId: number, columns: string): number => {
  const known = sql.get<{ version: number }>(
    'SELECT version FROM schema_version WHERE table_id = ? AND columns = ? ORDER BY version DESC LIMIT 1',
    tableId,
    columns,
  );
  if (known) return known.version;
  const made = sql.get<{ version: number }>(
    `INSERT INTO schema_version (table_id, version, columns)
     SELECT ?, coalesce(max(version), 0) + 1, ? FROM schema_version WHERE table_id = ?
     RETURNING version`,
    tableId,
    columns,
    tableId,
  );
  return made?.version ?? 0;
};

const insertTable = (sql: Sql, wanted: Parameters<Catalog['createTable']>[0]): Table => {
  sql.run('INSERT INTO database (name) VALUES (?) ON CONFLICT (name) DO NOTHING', wanted.database);
  const row = sql.get<{ id: number }>(
    `INSERT INTO stored_table (database_id, name, schema_version, time_column, retention_days, created_at)
     SELECT id, ?, 1, ?, ?, ? FROM database WHERE name = ?
     RETURNING id`,
    wanted.name,
    wanted.timeColumn ?? null,
    wanted.retentionDays ?? null,
    wanted.now.getTime(),
    wanted.database,
  );
  const id = row?.id ?? 0;
  schemaVersionOf(sql, id, columnsJson(wanted.columns));
  return tableById(sql, String(id));
};

/** Databases, tables and what they hold, as of now. */
export const books = (db: Handle): Books => ({
  databases: () =>
    db.read((sql) =>
      sql
        .all<{ id: number; name: string }>('SELECT id, name FROM database ORDER BY name')
        .map(({ id, name }) => ({ id: String(id), name })),
    ),

  tables: (database) =>
    db.read((sql) => (idOfDatabase(sql, database) === undefined ? undefined : tablesIn(sql, database))),

  table: (database, name) => db.read((sql) => tableNamed(sql, database, name)),

  createTable: async (wanted) => {
    const { database, name } = wanted;
    // Most calls find the table: they need not wait for a writer.
    const known = await db.read((sql) => tableNamed(sql, database, name));
    if (known) return { created: false, table: known };
    return db.write((sql) => {
      const table = tableNamed(sql, database, name);
      return table ? { created: false, table } : { created: true, table: insertTable(sql, wanted) };
    });
  },

  snapshot: (tableId) => db.read((sql) => currentSnapshot(sql, tableById(sql, tableId))),

  acknowledged: (tableId, key, now) => db.read((sql) => ackOf(sql, { tableId, key, now })),
});
