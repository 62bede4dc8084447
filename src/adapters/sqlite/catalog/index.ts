import type { Clock } from '../../../base/clock.js';
import type { Catalog } from '../../../core/query/index.js';
import type { Handle } from '../handle.js';
import type { Pins } from '../pins.js';
import { commitTo } from './commit.js';
import { intents } from './intents.js';
import { pinning } from './pinning.js';
import { removal } from './removal.js';
import { books } from './tables.js';

export interface CatalogDeps {
  readonly db: Handle;
  readonly pins: Pins;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** The catalogue in ops.db, with its pins beside it. */
export const sqliteCatalog = (deps: CatalogDeps): Catalog & { stop(): void } => {
  const { db, pins, newId } = deps;
  const announced = intents(db, deps);
  const commit = commitTo(db, newId);
  return {
    ...books(db),
    ...pinning({ db, pins }),
    ...removal({ db, pins, livingIntents: announced.living }),
    openIntent: announced.openIntent,
    dropIntent: announced.dropIntent,
    unknownExtents: announced.unknownExtents,
    commit: async (change) => {
      try {
        const outcome = await commit(change);
        if (outcome.committed) announced.ended(change.intent);
        return outcome;
      } catch (error) {
        // The caller leaves the file to the sweep, which needs the intent to lapse.
        announced.ended(change.intent);
        throw error;
      }
    },
    stop: announced.stop,
  };
};
