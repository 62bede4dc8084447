export { type BatchScan, type KeyScan, kind, type ScanFault } from './ingest/index.js';
export * from './model.js';
export type * from './ports.js';
export type * from './query-service.js';
