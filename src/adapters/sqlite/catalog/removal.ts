import type { Catalog } from '../../../core/query/index.js';
import type { Handle } from '../handle.js';
import type { Pins } from '../pins.js';
import { type ExtentRow, extentFromRow, extentSelect, idList } from './rows.js';

/** Kept an hour longer than they answer. */
const ackKeptMs = 25 * 3_600_000;

type Removal = Pick<Catalog, 'removable' | 'forget' | 'sweepExpired'>;

/** Letting go of what no snapshot holds any more; the order of its steps is explained at `pinIfKept`. */
export const removal = (deps: {
  readonly db: Handle;
  readonly pins: Pins;
  readonly livingIntents: () => readonly string[];
}): Removal => {
  const { db, pins } = deps;

  const candidates = (tableId: string, before: Date): Promise<readonly ExtentRow[]> =>
    db.read((sql) =>
      sql.all<ExtentRow>(
        `${extentSelect} WHERE extent.table_id = ? AND deleted_at < ? ORDER BY ordinal`,
        Number(tableId),
        before.getTime(),
      ),
    );

  return {
    removable: async (tableId, before, now) => {
      const old = await candidates(tableId, before);
      if (old.length === 0) return [];
      // Asked first as well, so that what is pinned all the time keeps its readers.
      const pinned = pins.pinned(
        old.map(({ id }) => id),
        now,
      );
      const ids = old.map(({ id }) => id).filter((id) => !pinned.has(id));
      if (ids.length === 0) return [];
      await db.write((sql) =>
        sql.run(
          `UPDATE extent SET removing_at = coalesce(removing_at, ?)
           WHERE deleted_at IS NOT NULL AND id IN (SELECT value FROM json_each(?))`,
          now.getTime(),
          idList(ids),
        ),
      );
      const late = pins.pinned(ids, now);
      return old.filter(({ id }) => !pinned.has(id) && !late.has(id)).map((row) => extentFromRow(row));
    },

    forget: async (extentIds) => {
      if (extentIds.length === 0) return;
      await db.write((sql) =>
        sql.run(
          'DELETE FROM extent WHERE deleted_at IS NOT NULL AND id IN (SELECT value FROM json_each(?))',
          idList(extentIds),
        ),
      );
    },

    sweepExpired: async (now) => {
      const swept = await db.write(
        (sql) =>
          sql.run('DELETE FROM ack WHERE created_at < ?', now.getTime() - ackKeptMs) +
          sql.run(
            'DELETE FROM intent WHERE expires_at <= ? AND id NOT IN (SELECT value FROM json_each(?))',
            now.getTime(),
            idList(deps.livingIntents()),
          ),
      );
      return swept + pins.sweep(now);
    },
  };
};
