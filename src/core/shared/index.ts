export {
  BackupResult,
  type DataDirectory,
  UsageRow,
  VerifyRow,
} from './data-directory.js';
export type { EventLog, OpsEvent, StoredEvent } from './events.js';
export type { Leases, LoopJournal } from './leases.js';
export type { NewFile, UserFiles } from './user-files.js';
