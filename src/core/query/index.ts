export { fileQueries } from './file-queries.js';
export * from './files/index.js';
export * from './ingest/index.js';
export * from './model.js';
export type * from './ports.js';
export type * from './query-service.js';
export { type QueryServiceDeps, queryService } from './service.js';
export { isVisible } from './visible.js';
