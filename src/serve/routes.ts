import type { Context } from '../context.js';
import type { QueryService } from '../core/query/index.js';
import type { Metrics } from './metrics.js';
import { landingRoute } from './pages/landing.js';
import { opsAuthRoutes } from './rest/ops-auth.js';
import { opsQueryRoutes } from './rest/ops-query.js';
import { queryRoutes } from './rest/query.js';
import { sharedRoutes } from './rest/shared.js';
import type { Route } from './route.js';

/** The schema as it was at most so long ago; 0 = always as it is. Queries never see it. */
const cachedSchema = (query: () => Promise<QueryService>, ttlMs: number): (() => Promise<QueryService>) => {
  let known: { readonly atMs: number; readonly schema: ReturnType<QueryService['schema']> } | undefined;
  return async () => {
    const service = await query();
    return {
      ...service,
      schema: async () => {
        const nowMs = performance.now();
        if (known && nowMs - known.atMs < ttlMs) return known.schema;
        const schema = service.schema();
        known = { atMs: nowMs, schema };
        schema.catch(() => {
          known = undefined;
        });
        return schema;
      },
    };
  };
};

/** Every route of the server. Adding one is a line in the list of its area. */
export const allRoutes = (
  ctx: Pick<Context, 'query' | 'identity'>,
  options: {
    readonly version: string;
    readonly metrics: Metrics;
    readonly schemaCacheMs: number;
    readonly basePath: string;
  },
): readonly Route[] => {
  const { version, metrics, schemaCacheMs, basePath } = options;
  const routes: readonly Route[] = [
    ...sharedRoutes({ version, metrics, routes: () => routes }),
    landingRoute(version, basePath),
    ...opsAuthRoutes(ctx.identity),
    ...opsQueryRoutes(ctx.query),
    ...queryRoutes({ query: cachedSchema(ctx.query, schemaCacheMs), observe: metrics }),
  ];
  return routes;
};
