import type { Clock } from '../../../base/clock.js';
import type { Catalog } from '../../../core/query/index.js';
import type { Handle } from '../handle.js';
import { heartbeat, lifetimeMs } from '../heartbeat.js';
import { idList } from './rows.js';

export interface Intents extends Pick<Catalog, 'openIntent' | 'dropIntent' | 'unknownExtents'> {
  /** Renews it no longer: a commit has ended it, or has failed for good. */
  ended(intent: string | undefined): void;
  /** The ones that this process still works on. */
  living(): readonly string[];
  stop(): void;
}

/** Between the announcement of a file and its commit lie milliseconds; one that was forgotten must lapse some day. */
const renewals = 30;

/** Announcements of files that are about to appear. The living process renews them; those of a dead one lapse. */
export const intents = (db: Handle, { clock, newId }: { clock: Clock; newId: () => string }): Intents => {
  const living = heartbeat(async (ids) => {
    await db.announce((sql) =>
      sql.run(
        'UPDATE intent SET expires_at = ? WHERE id IN (SELECT value FROM json_each(?))',
        clock.now().getTime() + lifetimeMs,
        idList(ids),
      ),
    );
  }, renewals);

  return {
    openIntent: async (extents, now) => {
      const intent = newId();
      await db.announce((sql) =>
        sql.run(
          'INSERT INTO intent (id, extent_id, expires_at) SELECT ?, value, ? FROM json_each(?)',
          intent,
          now.getTime() + lifetimeMs,
          idList(extents.map(({ id }) => id)),
        ),
      );
      living.add(intent);
      return intent;
    },

    dropIntent: async (intent) => {
      living.drop(intent);
      await db.write((sql) => sql.run('DELETE FROM intent WHERE id = ?', intent));
    },

    // What it names may be removed afterwards. So it takes lapsed intents away in the same transaction: a process that
    // wakes up late then fails at its commit instead of naming a file that is gone.
    unknownExtents: async (ids, now) => {
      if (ids.length === 0) return [];
      return db.write((sql) => {
        sql.run(
          `DELETE FROM intent
           WHERE expires_at <= ? AND id NOT IN (SELECT value FROM json_each(?)) AND id IN (
             SELECT id FROM intent WHERE extent_id IN (SELECT value FROM json_each(?)))`,
          now.getTime(),
          idList(living.ids()),
          idList(ids),
        );
        return sql
          .all<{ id: string }>(
            `SELECT value AS id FROM json_each(?)
             WHERE value NOT IN (SELECT id FROM extent) AND value NOT IN (SELECT extent_id FROM intent)`,
            idList(ids),
          )
          .map(({ id }) => id);
      });
    },

    ended: (intent) => {
      if (intent !== undefined) living.drop(intent);
    },
    living: living.ids,
    stop: living.stop,
  };
};
