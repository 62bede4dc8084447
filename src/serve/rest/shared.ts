import { z } from 'zod';
import { notFound } from '../error-response.js';
import type { Metrics } from '../metrics.js';
import { openApiDocument } from '../openapi.js';
import type { Route } from '../route.js';
import { opsErrors } from './ops-auth.js';

const Health = z.object({ status: z.literal('healthy'), version: z.string() });

/** What no area owns: is it alive, how does it do, what is there. */
export const sharedRoutes = ({
  version,
  metrics,
  routes,
}: {
  readonly version: string;
  readonly metrics: Metrics;
  /** All routes of the server, these included. */
  readonly routes: () => readonly Route[];
}): readonly Route[] => [
  {
    method: 'GET',
    path: '/health',
    owner: 'shared',
    summary: 'Is it alive.',
    demand: 'open',
    answers: { 200: { description: 'It is.', content: { type: 'application/json', schema: Health } } },
    handle: async () => ({ status: 200, json: { status: 'healthy', version } }),
  },
  {
    method: 'GET',
    path: '/metrics',
    owner: 'shared',
    summary: 'Figures for Prometheus.',
    demand: 'open',
    answers: { 200: { description: 'Text exposition format 0.0.4.', content: { type: 'text/plain' } } },
    handle: async () => {
      const { text, contentType } = await metrics.expose();
      return { status: 200, bytes: Buffer.from(text), contentType };
    },
  },
  {
    method: 'GET',
    path: '/ops/v1/openapi/{document}',
    owner: 'shared',
    summary: 'The OpenAPI 3.1 document of an area: query.json, or ops.json for what is ours.',
    demand: 'open',
    params: z.object({ document: z.string().max(64) }),
    answers: {
      200: {
        description: 'The document.',
        content: { type: 'application/json', schema: z.looseObject({ openapi: z.string() }) },
      },
      ...opsErrors(400, 404),
    },
    handle: async ({ params }) => {
      const documents = {
        'query.json': { owners: ['query'], title: 'ops: query platform', version },
        'ops.json': { owners: ['shared'], title: 'ops', version },
      } as const;
      const known = Object.entries(documents).find(([name]) => name === params.document)?.[1];
      if (!known)
        throw notFound(`there is no document "${params.document}"`, `use ${Object.keys(documents).join(' or ')}`);
      return { status: 200, json: openApiDocument(routes(), known) };
    },
  },
];
