import { createHash } from 'node:crypto';
import type { Answer, Route } from '../route.js';

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem;color:#1b1f24;background:#fff}' +
  'code{background:#f0f2f4;padding:.1em .3em;border-radius:3px}li{margin:.3rem 0}' +
  '@media(prefers-color-scheme:dark){body{color:#e6e9ec;background:#14171a}code{background:#262b30}a{color:#8ab4ff}}';

const links: readonly (readonly [string, string])[] = [
  ['/health', 'is it alive'],
  ['/metrics', 'for Prometheus'],
  ['/v1/catalog/schema', 'databases, tables and columns'],
  ['/ops/v1/openapi/query.json', 'the query platform as OpenAPI 3.1'],
  ['/ops/v1/openapi/ops.json', 'everything under /ops/v1 as OpenAPI 3.1'],
];

const page = (version: string, base: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>ops</title>
<style>${style}</style></head><body><h1>ops ${version}</h1>
<p>This server answers. What it offers:</p>
<ul>${links.map(([path, says]) => `<li><a href="${base}${path}"><code>${path}</code></a> ${says}</li>`).join('')}</ul>
<p>From a shell: <code>ops query --server URL 'SELECT 1'</code></p></body></html>
`;

/** `GET /`: where to go from here. */
export const landingRoute = (version: string, base: string): Route => {
  const hash = createHash('sha256').update(style).digest('base64');
  const answer: Answer = {
    status: 200,
    headers: { 'content-security-policy': `default-src 'none'; style-src 'sha256-${hash}'; frame-ancestors 'none'` },
    bytes: Buffer.from(page(version, base)),
    contentType: 'text/html; charset=utf-8',
  };
  return {
    method: 'GET',
    path: '/',
    owner: 'shared',
    summary: 'Links to what the server offers.',
    demand: 'open',
    answers: { 200: { description: 'A page.', content: { type: 'text/html; charset=utf-8' } } },
    handle: async () => answer,
  };
};
