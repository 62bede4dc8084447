import { memoryStore } from '../../src/adapters/memory/store.js';
import { type ManualClock, manualClock } from '../../src/base/clock.js';
import { OpsError } from '../../src/base/errors.js';
import type { QueryMaintenance } from '../../src/core/query/index.js';
import type { EventLog, Leases, LoopJournal } from '../../src/core/shared/index.js';
import type { LoopContext } from '../../src/loops/index.js';

export interface World {
  readonly clock: ManualClock;
  readonly events: EventLog;
  readonly leases: Leases;
  readonly journal: LoopJournal;
  readonly ctx: LoopContext;
}

const unasked = (what: string) => async (): Promise<never> => {
  throw new OpsError('internal', `${what} was not expected to be called`);
};

/** What a loop needs, over a store in memory; `maintenance` as far as it is given. */
export const world = (
  given: { readonly maintenance?: Partial<QueryMaintenance>; readonly context?: Partial<LoopContext> } = {},
): World => {
  const clock = manualClock(new Date('2026-03-01T12:00:00Z'));
  const { events, leases, loopJournal: journal } = memoryStore({ newId: () => 'id' });
  let ids = 0;
  const ctx: LoopContext = {
    maintenance: async () => ({
      compactDue: unasked('compactDue'),
      retainDue: unasked('retainDue'),
      sweep: unasked('sweep'),
      record: unasked('record'),
      ...given.maintenance,
    }),
    events: async () => events,
    leases: async () => leases,
    loopJournal: async () => journal,
    clock,
    newId: () => `holder-${++ids}`,
    signal: new AbortController().signal,
    ...given.context,
  };
  return { clock, events, leases, journal, ctx };
};
