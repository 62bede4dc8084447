import { OpsError } from '../../../base/errors.js';
import type { Catalog, TableSnapshot } from '../../../core/query/index.js';
import type { Handle } from '../handle.js';
import type { Pins } from '../pins.js';
import type { Sql } from '../sql.js';
import { currentSnapshot, type ExtentRow, extentSelect, idList, snapshotOf, tableById, tableNamed } from './rows.js';

const tries = 10;

/** None of these has been given up to removal. */
const areKept = (sql: Sql, extentIds: readonly string[]): boolean => {
  const kept = sql.get<{ n: number }>(
    'SELECT count(*) AS n FROM extent WHERE removing_at IS NULL AND id IN (SELECT value FROM json_each(?))',
    idList(extentIds),
  );
  return kept?.n === extentIds.length;
};

/** What pins are made with. */
export interface PinningDeps {
  readonly db: Handle;
  readonly pins: Pins;
}

/**
 * Pins these extents; undefined where one of them is being removed. Why no file can vanish under a reader, though pins
 * and books are two databases:
 *
 * - The reader writes its pin (A), then looks whether any of its extents is marked as being removed (B).
 * - The remover marks extents (C) and commits, then looks for pins (D), and removes the files of those without one.
 *
 * If B comes before C, then A comes before D, and the remover sees the pin. If B comes after C, the reader sees the
 * mark, drops its pin and reads the books again, where a marked extent is in nobody's snapshot. A mark is never taken
 * back: an extent that was found pinned at D keeps it, gains no new readers, and goes with a later cleanup.
 */
export const pinIfKept = async (
  { db, pins }: PinningDeps,
  extentIds: readonly string[],
): Promise<(() => Promise<void>) | undefined> => {
  const pin = pins.take(extentIds);
  const release = async (): Promise<void> => pins.release(pin);
  if (pin === undefined) return release;
  let isKept = false;
  try {
    isKept = await db.read((sql) => areKept(sql, extentIds));
  } finally {
    if (!isKept) await release();
  }
  return isKept ? release : undefined;
};

/** What `load` reads, with a pin on the extents that it names. */
const underPin = async <T>(
  deps: PinningDeps,
  load: (sql: Sql) => { readonly value: T; readonly extentIds: readonly string[] },
): Promise<{ readonly value: T; release(): Promise<void> }> => {
  for (let attempt = 0; attempt < tries; attempt++) {
    const { value, extentIds } = await deps.db.read(load);
    const release = await pinIfKept(deps, extentIds);
    if (release) return { value, release };
  }
  throw new OpsError('conflict', 'the tables change too fast to be read', 'try again');
};

const idsOf = (snapshots: Iterable<TableSnapshot>): string[] =>
  [...snapshots].flatMap(({ extents }) => extents.map(({ id }) => id));

const currentOf = (sql: Sql, database: string, names: readonly string[]): Map<string, TableSnapshot> => {
  const snapshots = new Map<string, TableSnapshot>();
  for (const name of names) {
    const table = tableNamed(sql, database, name);
    if (table) snapshots.set(name, currentSnapshot(sql, table));
  }
  return snapshots;
};

/** Extents of later ingests than this snapshot's, merged ones included, as long as their files are there. */
const ingestedAfter = (sql: Sql, tableId: string, after: string | undefined): TableSnapshot => {
  const table = tableById(sql, tableId);
  if (after === undefined) return snapshotOf(sql, table, []);
  const rows = sql.all<ExtentRow>(
    `${extentSelect}
     JOIN snapshot ON snapshot.sequence = extent.added_by
     WHERE extent.table_id = ? AND operation = 'ingest' AND removing_at IS NULL
       AND added_by > (SELECT sequence FROM snapshot WHERE id = ?)
     ORDER BY ordinal`,
    Number(tableId),
    after,
  );
  return snapshotOf(sql, table, rows);
};

/** The reads that hold files: each returns with a pin on what it names. */
export const pinning = (deps: PinningDeps): Pick<Catalog, 'pin' | 'ingestedSince'> => ({
  pin: async (database, tables) => {
    const { value, release } = await underPin(deps, (sql) => {
      const snapshots = currentOf(sql, database, tables);
      return { value: snapshots, extentIds: idsOf(snapshots.values()) };
    });
    return { snapshots: value, release };
  },

  ingestedSince: async (tableId, after) => {
    const { value, release } = await underPin(deps, (sql) => {
      const snapshot = ingestedAfter(sql, tableId, after);
      return { value: snapshot, extentIds: idsOf([snapshot]) };
    });
    return { snapshot: value, newest: value.table.currentSnapshot, release };
  },
});
