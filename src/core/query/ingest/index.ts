export { type CanonicalBatch, canonicalBatch } from './canonical.js';
export { type Chunk, type ChunkLimits, chunkLines } from './chunk-lines.js';
export { type EpochUnit, epochMagnitudes, epochMicros, epochUnit } from './epoch.js';
export { foldKey } from './key-table.js';
export { mergeSchemas } from './merge-schemas.js';
export {
  type BatchPlan,
  type BatchToPlan,
  maxColumns,
  type PlanRefusal,
  planBatch,
} from './plan.js';
export { misfitColumn } from './refusal.js';
export { rewriteNdjson } from './rewrite.js';
export {
  type BatchScan,
  type KeyScan,
  kind,
  type ScanFault,
  type ScanOptions,
  type ScanResult,
  scanLimits,
} from './scan-types.js';
export { scanNdjson } from './scanner.js';
export { type InvalidLine, type SplitBody, splitInvalid } from './split-invalid.js';
export { splitMisfits, type TypedColumn } from './split-misfits.js';
export { timeColumnOf } from './time-column.js';
export { type CastUp, castUp, inferType, joinTypes, widenType } from './widen.js';
