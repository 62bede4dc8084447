export {
  BackupResult,
  type DataDirectory,
  UsageRow,
  VerifyRow,
} from './data-directory.js';
export type { EventLog, OpsEvent, StoredEvent } from './events.js';
export type { Leases, LoopJournal } from './leases.js';
export {
  type Area,
  allGrants,
  areaNames,
  areaRoles,
  Grants,
  hasRole,
  isAdministrator,
  localPrincipal,
  type Principal,
  type RoleOf,
} from './principal.js';
export type { NewFile, UserFiles } from './user-files.js';
