/** Who decides about a path: credentials, CORS, body limits, and the shape of errors, of 404 and of 405. */
export type Owner = 'sla' | 'restore' | 'probe' | 'pods' | 'query' | 'shared';

/** `/x` is that path alone, `/x/*` what lies below it, `/x*` both and every path that goes on with a `/`. */
export const ownedPaths: Readonly<Record<Owner, readonly string[]>> = {
  sla: ['/graphql', '/graphql/ws', '/api/v1/operator/*', '/api/v1/backup/*', '/api/v1/license/activate', '/ready'],
  restore: ['/api/v1/*'],
  probe: [
    '/',
    '/login',
    '/logout',
    '/admin/*',
    '/embed/*',
    '/instant-check',
    '/resources/*',
    '/api',
    '/api/resources*',
    '/api/announcements*',
    '/api/outages',
    '/v3/api-docs',
    '/actuator/*',
    '/sse',
    '/mcp/message',
  ],
  pods: ['/api/*', '/docs', '/redoc', '/openapi.json', '/ws', '/invite/*'],
  query: ['/v1/*', '/flight/*', '/mcp'],
  shared: ['/health', '/metrics', '/ops/v1/*', '/assets/*'],
};

/** How long the part of `path` is that a pattern claims; undefined where it does not match. */
const claim = (pattern: string, path: string): number | undefined => {
  if (pattern.endsWith('/*')) {
    const prefix = pattern.slice(0, -1);
    return path.startsWith(prefix) ? prefix.length : undefined;
  }
  const exact = pattern.endsWith('*') ? pattern.slice(0, -1) : pattern;
  if (path === exact) return exact.length + 1;
  return pattern.endsWith('*') && path.startsWith(`${exact}/`) ? exact.length + 1 : undefined;
};

/** The owner of a path (without query string): the longest claim wins; what nobody claims is the query platform's. */
export const ownerOf = (path: string): Owner => {
  let best: { readonly owner: Owner; readonly length: number } = { owner: 'query', length: 0 };
  for (const owner of ['sla', 'restore', 'probe', 'pods', 'query', 'shared'] as const)
    for (const pattern of ownedPaths[owner]) {
      const length = claim(pattern, path) ?? 0;
      if (length > best.length) best = { owner, length };
    }
  return best.owner;
};
