import { existsSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import type { StoredNames } from '../../core/query/index.js';
import { opsDatabasePath } from './layout.js';

/** Read without opening the store for work. Throws SQLite's own errors. */
export const storedNames = (dataDir: string): StoredNames => {
  const path = opsDatabasePath(dataDir);
  if (!existsSync(path)) return { databases: ['default'], tables: [] };
  const db = new SqliteDatabase(path, { readonly: true, fileMustExist: true, timeout: 50 });
  try {
    return {
      databases: db.prepare<[], string>('SELECT name FROM database ORDER BY name').pluck().all(),
      // Visible as `isVisible` of the query core has it: committed to once, or provisioned with columns.
      tables: db
        .prepare<[], StoredNames['tables'][number]>(
          `SELECT d.name AS database, t.name AS name
             FROM stored_table t
             JOIN database d ON d.id = t.database_id
             JOIN schema_version v ON v.table_id = t.id AND v.version = t.schema_version
            WHERE t.current_snapshot IS NOT NULL OR v.columns <> '[]'
            ORDER BY d.name, t.name`,
        )
        .all(),
    };
  } finally {
    db.close();
  }
};
