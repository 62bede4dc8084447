import { tableAdministration } from './admin/tables.js';
import { type IngestDeps, ingestInto } from './ingest/ingest.js';
import { maintenance } from './maintain/maintain.js';
import type { QueryMaintenance, QueryService } from './query-service.js';
import { followQuery } from './run/follow.js';
import { explainQuery, type RunDeps, runQuery } from './run/run-query.js';

export interface QueryServiceDeps extends RunDeps, IngestDeps {
  /** Gives back what the ports hold. */
  readonly close: () => Promise<void>;
}

/** The query area on this machine: the use cases over catalogue, extents and engine. */
export const queryService = (deps: QueryServiceDeps): { service: QueryService; maintenance: QueryMaintenance } => {
  const upkeep = maintenance(deps);
  const service: QueryService = {
    query: (request) => runQuery(deps, request),
    explain: (request) => explainQuery(deps, request),
    follow: (request) => followQuery(deps, request),
    ingest: ingestInto(deps),
    ...tableAdministration(deps),
    cleanup: upkeep.cleanup,
    compact: upkeep.compact,
    close: deps.close,
  };
  return { service, maintenance: upkeep.background };
};
