import type { Clock } from '../../base/clock.js';
import { isBusy, isUnwritable, storeFault } from './faults.js';
import { heartbeat, lifetimeMs } from './heartbeat.js';
import type { PinsDatabase } from './pins-database.js';
import type { Sql } from './sql.js';

/** Extents that running queries read, in every process on the data directory. */
export interface Pins {
  /** Undefined where no pin can be written: a read-only directory, a full disk. */
  take(extentIds: readonly string[]): string | undefined;
  release(pin: string | undefined): void;
  /** Of these extents, the pinned ones. */
  pinned(extentIds: readonly string[], now: Date): ReadonlySet<string>;
  /** Forgets expired pins; how many. */
  sweep(now: Date): number;
  stop(): void;
}

export interface PinsOptions {
  readonly database: PinsDatabase;
  readonly clock: Clock;
  readonly newId: () => string;
}

export const pins = ({ database, clock, newId }: PinsOptions): Pins => {
  const expiry = (): number => clock.now().getTime() + lifetimeMs;
  const living = heartbeat(async (ids) => {
    database.use((sql) =>
      sql.run(
        'UPDATE pin SET expires_at = ? WHERE id IN (SELECT value FROM json_each(?))',
        expiry(),
        JSON.stringify(ids),
      ),
    );
  });

  const use = <T>(work: (sql: Sql) => T): T => {
    try {
      return database.use(work);
    } catch (error) {
      throw storeFault(error, database.path);
    }
  };

  const insert = (pin: string, extentIds: readonly string[]): void => {
    database.use((sql) =>
      sql.run(
        'INSERT INTO pin (id, extent_id, expires_at) SELECT ?, value, ? FROM json_each(?)',
        pin,
        expiry(),
        JSON.stringify(extentIds),
      ),
    );
  };

  return {
    take: (extentIds) => {
      if (extentIds.length === 0) return undefined;
      const pin = newId();
      try {
        insert(pin, extentIds);
      } catch (error) {
        // A question must have its answer here too; a full disk lets nobody commit a cleanup either.
        if (isUnwritable(error)) return undefined;
        throw storeFault(error, database.path);
      }
      living.add(pin);
      return pin;
    },
    release: (pin) => {
      if (pin === undefined) return;
      living.drop(pin);
      try {
        database.use((sql) => sql.run('DELETE FROM pin WHERE id = ?', pin));
      } catch (error) {
        // It expires by itself; the answer that was read under it is right.
        if (!isUnwritable(error) && !isBusy(error)) throw error;
      }
    },
    pinned: (extentIds, now) => {
      const rows = use((sql) =>
        sql.all<{ id: string; extent_id: string; expires_at: number }>(
          'SELECT id, extent_id, expires_at FROM pin WHERE extent_id IN (SELECT value FROM json_each(?))',
          JSON.stringify(extentIds),
        ),
      );
      // Our own living pins hold even where a test clock has jumped over their expiry.
      const held = rows.filter(({ id, expires_at }) => living.has(id) || expires_at > now.getTime());
      return new Set(held.map(({ extent_id }) => extent_id));
    },
    sweep: (now) =>
      use((sql) =>
        sql.run(
          'DELETE FROM pin WHERE expires_at <= ? AND id NOT IN (SELECT value FROM json_each(?))',
          now.getTime(),
          JSON.stringify(living.ids()),
        ),
      ),
    stop: living.stop,
  };
};
