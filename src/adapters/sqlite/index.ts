export { pinIfKept } from './catalog/pinning.js';
export { inspectCopy, settleCopy } from './database-copy.js';
export { storeFault } from './faults.js';
export {
  type BookedExtent,
  bookedExtents,
  type ChainFacts,
  chainFacts,
  integrityFaults,
  isStillBooked,
} from './inspect.js';
export { databaseFiles, opsDatabasePath, pinsDatabasePath } from './layout.js';
export { knownSchema } from './migrations.js';
export { openStore, type Store, sqliteVersion } from './store.js';
