import { openStore, type Store } from '../../../src/adapters/sqlite/index.js';
import { manualClock } from '../../../src/base/clock.js';
import { countingIds, start } from '../../contract/stores.js';

export const clockAtStart = () => manualClock(start);

/** A store on this directory, as one process would have it; `name` keeps the ids of two apart. */
export const storeOn = (
  dataDir: string,
  {
    clock = clockAtStart(),
    name = 'a',
    lockTimeoutMs = 1_000,
    readOnly,
  }: {
    clock?: ReturnType<typeof clockAtStart>;
    name?: string;
    lockTimeoutMs?: number;
    readOnly?: boolean;
  } = {},
): Store => openStore({ dataDir, lockTimeoutMs, readOnly, clock, newId: countingIds(name) });
