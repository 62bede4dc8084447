import type { Extent } from '../../core/query/index.js';
import { type ExtentRow, extentFromRow, extentSelect } from './catalog/rows.js';
import type { Handle } from './handle.js';

/** An extent as the books know it, with the names that people know. */
export interface BookedExtent {
  readonly extent: Extent;
  readonly database: string;
  readonly table: string;
  /** Its file may be gone already. */
  readonly isRemoving: boolean;
}

/** Every extent that the books name, soft-deleted ones included, in the order of their commits. */
export const bookedExtents = (db: Handle): Promise<readonly BookedExtent[]> =>
  db.read((sql) => {
    const names = new Map(
      sql
        .all<{ id: number; database: string; name: string }>(
          `SELECT stored_table.id, database.name AS database, stored_table.name
           FROM stored_table JOIN database ON database.id = database_id`,
        )
        .map((row) => [String(row.id), row]),
    );
    const removing = new Set(
      sql.all<{ id: string }>('SELECT id FROM extent WHERE removing_at IS NOT NULL').map(({ id }) => id),
    );
    return sql.all<ExtentRow>(`${extentSelect} ORDER BY ordinal`).map((row) => {
      const { database = '', name = '' } = names.get(String(row.table_id)) ?? {};
      return { extent: extentFromRow(row), database, table: name, isRemoving: removing.has(row.id) };
    });
  });

/** True while the extent is in the books and nobody is removing its file. */
export const isStillBooked = (db: Handle, extentId: string): Promise<boolean> =>
  db.read((sql) => sql.get('SELECT 1 FROM extent WHERE id = ? AND removing_at IS NULL', extentId) !== undefined);

/** What SQLite finds wrong with the database; empty where all is well. */
export const integrityFaults = (db: Handle): Promise<readonly string[]> =>
  db.read((sql) => {
    const broken = sql
      .all<{ integrity_check: string }>('PRAGMA integrity_check(20)')
      .map((row) => row.integrity_check)
      .filter((line) => line !== 'ok');
    const dangling = sql.all<{ table: string; parent: string }>('PRAGMA foreign_key_check');
    return [...broken, ...dangling.map(({ table, parent }) => `a row of ${table} names no row of ${parent}`)];
  });

/** One table's history against what it holds. */
export interface ChainFacts {
  readonly database: string;
  readonly table: string;
  readonly snapshots: number;
  /** Rows that its snapshots added, less those they removed. */
  readonly rowsByHistory: number;
  readonly rowsHeld: number;
  /** Soft-deleted ones included. */
  readonly extents: number;
  /** Snapshots whose parent is not the one before them. */
  readonly breaks: number;
}

export const chainFacts = (db: Handle): Promise<readonly ChainFacts[]> =>
  db.read((sql) =>
    sql.all<ChainFacts>(
      `SELECT database.name AS database, stored_table.name AS "table", count(chain.id) AS snapshots,
              coalesce(sum(rows_added - rows_removed), 0) AS rowsByHistory,
              (SELECT coalesce(sum(row_count), 0) FROM extent
               WHERE extent.table_id = stored_table.id AND deleted_at IS NULL) AS rowsHeld,
              (SELECT count(*) FROM extent WHERE extent.table_id = stored_table.id) AS extents,
              coalesce(sum(chain.parent IS NOT chain.previous), 0)
                + (stored_table.current_snapshot IS NOT
                   (SELECT id FROM snapshot WHERE table_id = stored_table.id ORDER BY sequence DESC LIMIT 1)) AS breaks
       FROM stored_table
       JOIN database ON database.id = database_id
       LEFT JOIN (SELECT *, lag(id) OVER (PARTITION BY table_id ORDER BY sequence) AS previous FROM snapshot) AS chain
         ON chain.table_id = stored_table.id
       GROUP BY stored_table.id
       ORDER BY 1, 2`,
    ),
  );
