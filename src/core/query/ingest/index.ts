export { type BatchScan, type KeyScan, kind, type ScanFault } from './scan-types.js';
