import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import { OpsError } from '../../base/errors.js';
import { rfc3339Instant } from '../../base/time.js';
import {
  asPrincipal,
  CatalogSchema,
  CleanupResult,
  IngestAck,
  ObjectName,
  QueryBudget,
  QueryPlan,
  type QueryService,
  TableDetails,
  TableProvisioned,
  TableSpec,
} from '../../core/query/index.js';
import { badRequest, unsupportedMediaType } from '../error-response.js';
import type { Call, Route } from '../route.js';
import { budgetOf } from './budget.js';
import { ndjsonType, rowsAnswer } from './query-answer.js';

/** What the routes of the query platform need from the server. */
export interface QueryRoutesDeps {
  readonly query: () => Promise<QueryService>;
  readonly observe: QueryObserver;
}

/** Hears of every query and ingest; for metrics. */
export interface QueryObserver {
  query(facts: { readonly seconds: number; readonly rows: number; readonly extents?: number }): void;
  ingest(facts: { readonly seconds: number; readonly rows: number; readonly bytes: number }): void;
}

const queryMaxBytes = 16 << 20;
const ingestMaxBytes = 64 << 20;

/** `true|false|1|0` in any case; anything else is 400. */
const HeaderBoolean = z
  .string()
  .regex(/^(?:true|false|1|0)$/i, 'must be true, false, 1 or 0')
  .transform((text) => /^(?:true|1)$/i.test(text));

const TablePath = z.object({ database: ObjectName, table: ObjectName });

const errors = (...statuses: readonly number[]) =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: 'an error', content: { type: 'application/json', schema: PlatformError } },
    ]),
  );

/** The one error body of this platform. */
export const PlatformError = z.object({
  error: z.object({ code: z.string(), message: z.string(), request_id: z.string() }),
});

const rowHeaders = {
  'X-Kyma-Rows': 'Number of rows; a trailer where the rows are streamed.',
  'X-Kyma-Bytes-Scanned': 'Bytes of the extents that were read; a trailer where the rows are streamed.',
  'X-Kyma-Elapsed-Ms': 'Milliseconds from planning to the last row; a trailer where the rows are streamed.',
  'X-Ops-Columns': 'Names and types of the columns: percent-encoded JSON, left out beyond 8 KiB.',
};

/** The statement as text. Throws `bad_encoding` for bytes that are not UTF-8. */
const textOf = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim();
  } catch {
    throw new OpsError('invalid_data', 'the query is not valid UTF-8', 'send it as UTF-8', { reason: 'bad_encoding' });
  }
};

/** SQL unless the content type says otherwise; by prefix, as the platform does. */
const demandSql = (contentType: string | undefined): void => {
  const type = contentType?.trim().toLowerCase() ?? '';
  if (type === '' || type.startsWith('application/sql') || type.startsWith('text/plain')) return;
  const hint = type.startsWith('application/x-kql')
    ? 'this version answers SQL: send content type application/sql'
    : 'send the statement with content type application/sql';
  throw unsupportedMediaType(`content type "${type}" is no query language that this server knows`, hint);
};

const defaultWallClockMs = QueryBudget.parse({}).wallClockMs;

const tooSlow = (limit: number): OpsError =>
  new OpsError(
    'limit_exceeded',
    `the rows were not taken within ${limit} ms`,
    'read faster, or raise X-Kyma-Max-Wall-Clock-Ms',
    { reason: 'wall_clock_exceeded', details: { limit, unit: 'wall_clock_ms' } },
  );

/** What clients send NDJSON as, curl's default among them. */
const ingestTypes = [
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'application/json',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'text/plain',
];

const demandNdjson = (contentType: string | undefined): void => {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === '' || ingestTypes.includes(type)) return;
  throw unsupportedMediaType(`content type "${type}" cannot be ingested`, 'send NDJSON as application/x-ndjson');
};

/** Node.js reads headers as Latin-1; clients that write beyond ASCII mean UTF-8. */
const utf8Of = (header: string): string => {
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : header;
};

const databaseOf = (headers: Call['headers']): string => String(headers['x-database'] ?? 'default');

const before = (text: unknown): Date => {
  if (typeof text !== 'string' || text === '')
    throw badRequest('the parameter "before" is missing', 'add ?before=2026-01-01T00:00:00Z');
  const instant = rfc3339Instant(text);
  if (instant) return instant;
  const hint = / \d{2}:\d{2}$/.test(text)
    ? 'a + in an URL must be written %2B'
    : 'give an RFC 3339 instant with a zone, e.g. 2026-01-01T00:00:00Z';
  throw badRequest(`before: "${text}" is not an RFC 3339 instant`, hint);
};

/** The documented routes of the query platform (`kyma` §2.2, §1.4, §2.4). */
export const queryRoutes = ({ query, observe }: QueryRoutesDeps): readonly Route[] => {
  const service = async ({ principal }: Call): Promise<QueryService> => asPrincipal(await query(), principal);

  return [
    {
      method: 'POST',
      path: '/v1/query',
      owner: 'query',
      summary: 'Run one statement; the rows come as NDJSON.',
      demand: { query: 'read' },
      readOnly: true,
      headers: z.object({
        'x-database': z.string().default('default').describe('Database of the statement.'),
        'x-kyma-max-wall-clock-ms': z.string().optional().describe('Most milliseconds; at least 10.'),
        'x-kyma-max-memory-bytes': z.string().optional().describe('Most memory; at least 1 MiB.'),
        'x-kyma-max-object-store-bytes': z.string().optional().describe('Most bytes to read from extents.'),
        'x-kyma-explain': HeaderBoolean.optional().describe('The plan instead of the rows.'),
        'x-kyma-buffer': z.string().optional().describe('"full": all rows first, then headers instead of trailers.'),
      }),
      body: { kind: 'bytes', contentTypes: ['application/sql', 'text/plain'], maxBytes: queryMaxBytes },
      answers: {
        200: {
          description: 'One JSON object per row; with X-Kyma-Explain the plan.',
          content: { type: ndjsonType },
          headers: rowHeaders,
        },
        ...errors(400, 401, 403, 404, 413, 415, 429, 500),
      },
      handle: async (call) => {
        demandSql(call.contentType);
        const startedMs = performance.now();
        const asked = await service(call);
        const request = {
          database: databaseOf(call.headers),
          sql: textOf(await call.bytes()),
          budget: budgetOf(call.headers),
          signal: call.signal,
        };
        if (call.headers['x-kyma-explain'] === true)
          return { status: 200, json: QueryPlan.parse(await asked.explain(request)) };
        const result = await asked.query(request);
        const { close } = result;
        const counted = {
          ...result,
          close: async () => {
            observe.query({ seconds: (performance.now() - startedMs) / 1_000, rows: result.stats().rows });
            await close();
          },
        };
        const spool = String(call.headers['x-kyma-buffer'] ?? '').toLowerCase() === 'full';
        const wallClockMs = request.budget.wallClockMs ?? defaultWallClockMs;
        const deadline = { atMs: startedMs + wallClockMs, error: tooSlow(wallClockMs) };
        return rowsAnswer(counted, { requestId: call.requestId, spool, deadline });
      },
    },
    {
      method: 'GET',
      path: '/v1/catalog/schema',
      owner: 'query',
      summary: 'Databases, their tables and columns, by name.',
      demand: { query: 'read' },
      answers: {
        200: { description: 'The tree.', content: { type: 'application/json', schema: CatalogSchema } },
        ...errors(401, 403, 500),
      },
      handle: async (call) => ({ status: 200, json: await (await service(call)).schema() }),
    },
    {
      method: 'POST',
      path: '/v1/ingest',
      owner: 'query',
      summary: 'Append rows to a table; all of them or none.',
      demand: { query: 'write' },
      headers: z.object({
        'x-database': z.string().default('default').describe('Target database.'),
        'x-table': z.string().optional().meta({ description: 'Target table.', required: true }),
        'x-idempotency-key': z.string().max(1_024).optional().describe('A repeated key gets the first answer again.'),
        'x-auto-create': HeaderBoolean.optional().describe('Make database and table where absent; default true.'),
        'x-schema-evolve': HeaderBoolean.optional().describe('Add unknown keys as columns; default true.'),
        'x-ops-first-line': z
          .string()
          .regex(/^\d{1,15}$/, 'must be a line number')
          .transform(Number)
          .optional()
          .describe('Number of the first line in what the user gave, for error messages.'),
      }),
      body: { kind: 'bytes', contentTypes: ['application/x-ndjson'], maxBytes: ingestMaxBytes },
      answers: {
        200: { description: 'The rows are durable.', content: { type: 'application/json', schema: IngestAck } },
        ...errors(400, 401, 403, 404, 413, 415, 429, 500, 503),
      },
      handle: async (call) => {
        const { headers } = call;
        const table = headers['x-table'];
        if (typeof table !== 'string' || table === '')
          throw new OpsError('invalid_data', 'the header X-Table is missing', 'name the target table in X-Table', {
            reason: 'missing_table_header',
          });
        demandNdjson(call.contentType);
        const key = headers['x-idempotency-key'];
        const firstLine = headers['x-ops-first-line'];
        const startedMs = performance.now();
        const ack = await (await service(call)).ingest({
          database: databaseOf(headers),
          table,
          body: await call.bytes(),
          ...(typeof key === 'string' && key !== '' && { idempotencyKey: utf8Of(key) }),
          ...(headers['x-auto-create'] === false && { autoCreate: false }),
          ...(headers['x-schema-evolve'] === false && { evolve: false }),
          ...(typeof firstLine === 'number' && { firstLine }),
        });
        observe.ingest({
          seconds: (performance.now() - startedMs) / 1_000,
          rows: ack.replayed ? 0 : ack.rows_ingested,
          bytes: ack.replayed ? 0 : ack.bytes_written,
        });
        return { status: 200, json: ack };
      },
    },
    {
      method: 'POST',
      path: '/v1/admin/databases/{database}/tables/{table}',
      owner: 'query',
      summary: 'Provision a table; again is no error.',
      demand: { query: 'write' },
      params: TablePath,
      body: { kind: 'json', schema: TableSpec, optional: true, maxBytes: 1 << 20 },
      answers: {
        200: {
          description: 'The table as it is now.',
          content: { type: 'application/json', schema: TableProvisioned },
        },
        ...errors(400, 401, 403, 413, 415, 500),
      },
      handle: async (call) => {
        const { database = '', table = '' } = call.params;
        const spec = call.json === undefined ? undefined : TableSpec.parse(call.json);
        return { status: 200, json: await (await service(call)).provision(database, table, spec) };
      },
    },
    {
      method: 'GET',
      path: '/v1/admin/databases/{database}/tables/{table}',
      owner: 'query',
      summary: 'Columns and size of a table.',
      demand: { query: 'write' },
      params: TablePath,
      answers: {
        200: { description: 'The table.', content: { type: 'application/json', schema: TableDetails } },
        ...errors(400, 401, 403, 404, 500),
      },
      handle: async (call) => {
        const { database = '', table = '' } = call.params;
        return { status: 200, json: await (await service(call)).describe(database, table) };
      },
    },
    {
      method: 'POST',
      path: '/v1/database/{database}/table/{table}/cleanup',
      owner: 'query',
      summary: 'Remove extents that were soft-deleted before an instant.',
      demand: { query: 'write' },
      params: TablePath,
      query: z.object({
        before: z
          .string()
          .optional()
          .meta({ description: 'RFC 3339 with a zone.', format: 'date-time', required: true }),
      }),
      answers: {
        200: { description: 'What was removed.', content: { type: 'application/json', schema: CleanupResult } },
        ...errors(400, 401, 403, 404, 500),
      },
      handle: async (call) => {
        const { database = '', table = '' } = call.params;
        const instant = before(call.query.before);
        return { status: 200, json: await (await service(call)).cleanup(database, table, instant) };
      },
    },
  ];
};
