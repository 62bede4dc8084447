import type { IdentityStore } from '../../core/identity/index.js';
import type { Catalog } from '../../core/query/index.js';
import type { EventLog, Leases, LoopJournal } from '../../core/shared/index.js';
import { memoryCatalog } from './catalog.js';
import { memoryEvents } from './events.js';
import { memoryIdentity } from './identity.js';
import { memoryLeases, memoryLoopJournal } from './leases.js';

/** The books of one process that leave nothing behind. */
export const memoryStore = ({
  newId,
}: {
  readonly newId: () => string;
}): { catalog: Catalog; events: EventLog; leases: Leases; loopJournal: LoopJournal; identity: IdentityStore } => {
  const events = memoryEvents();
  return {
    catalog: memoryCatalog({ newId, events }),
    events,
    leases: memoryLeases(),
    loopJournal: memoryLoopJournal(),
    identity: memoryIdentity(events),
  };
};
