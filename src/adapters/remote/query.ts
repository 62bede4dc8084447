import type { Clock } from '../../base/clock.js';
import { OpsError } from '../../base/errors.js';
import {
  CatalogSchema,
  CleanupResult,
  CompactResult,
  IngestAck,
  ObjectName,
  type QueryBudget,
  QueryPlan,
  type QueryRequest,
  type QueryService,
  TableDetails,
  TableProvisioned,
} from '../../core/query/index.js';
import { parsedAs, type SentText, sentText, streamed, succeeded } from './answers.js';
import { followedBatches } from './follow.js';
import type { Http, HttpCall } from './http.js';
import { remoteResult } from './result.js';

/** What a query gets where nobody says otherwise (`kyma` §2.2). */
const defaultWallClockMs = 300_000;
/** For everything around the engine's work: the way there and back. */
const graceMs = 10_000;
const shortestMs = 60_000;
/** The server pings every 15 s: so long a silence means that it is gone. */
const silenceMs = 90_000;
/** 64 MiB over a slow line. */
const ingestMs = 300_000;

const budgetHeaders = ({ wallClockMs, memoryBytes, memoryIsBound, scanBytes }: Partial<QueryBudget>) => ({
  ...(wallClockMs !== undefined && { 'x-kyma-max-wall-clock-ms': String(wallClockMs) }),
  ...(memoryIsBound === true && memoryBytes !== undefined && { 'x-kyma-max-memory-bytes': String(memoryBytes) }),
  ...(scanBytes !== undefined && { 'x-kyma-max-object-store-bytes': String(scanBytes) }),
});

const patienceMs = ({ wallClockMs = defaultWallClockMs }: Partial<QueryBudget>): number =>
  Math.max(shortestMs, wallClockMs + graceMs);

/** A name goes into a header or a path: only one that a server could accept does. */
const named = (what: 'database' | 'table', name: string): string => {
  if (ObjectName.safeParse(name).success) return name;
  throw new OpsError(
    'invalid_data',
    `${what} name ${JSON.stringify(name)} is not valid`,
    'use letters, digits, _ and -, begin with a letter or _, at most 128 characters',
    { reason: 'bad_request' },
  );
};

const queryCall = (request: QueryRequest, sent: SentText): HttpCall => {
  const budget = request.budget ?? {};
  return {
    method: 'POST',
    path: '/v1/query',
    headers: {
      'content-type': 'application/sql',
      'x-database': named('database', request.database),
      ...budgetHeaders(budget),
    },
    body: Buffer.from(sent.text),
    idempotent: true,
    deadlineMs: patienceMs(budget),
    idleMs: Math.max(300_000, patienceMs(budget)),
    signal: request.signal,
  };
};

const json = (value: unknown) => ({
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(value)),
});

/** A key with a control character cannot be sent. */
const keyHeader = (key: string | undefined): Record<string, string> => {
  if (key === undefined || key === '') return {};
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
  if (/[\u0000-\u001f\u007f]/.test(key) || key !== key.trim())
    throw new OpsError(
      'usage',
      'the idempotency key begins or ends with a blank, or holds a control character',
      'choose a key of letters and digits with --idempotency-key',
    );
  return { 'x-idempotency-key': key };
};

const tablePath = (database: string, table: string): string =>
  `/databases/${named('database', database)}/tables/${named('table', table)}`;

/** The query area of a server, over its documented routes and `/ops/v1`. */
export const remoteQuery = (http: Http, { clock }: { readonly clock: Clock }): QueryService => ({
  query: async (request) => {
    const startedMs = clock.monotonicMs();
    const sent = sentText(request.sql);
    const answer = await streamed(http, queryCall(request, sent), { mediaType: 'application/x-ndjson', sent });
    return remoteResult(answer, { url: http.url, clock, startedMs });
  },

  explain: async (request) => {
    const sent = sentText(request.sql);
    const call = queryCall(request, sent);
    const headers = { ...call.headers, 'x-kyma-explain': 'true' };
    const answer = await succeeded(http, { ...call, headers }, sent);
    return parsedAs(http, answer, { schema: QueryPlan, what: 'a plan' });
  },

  async *follow({ database, sql, first, budget, signal }) {
    if (signal?.aborted) return;
    const sent = sentText(sql);
    const body = {
      database: named('database', database),
      sql: sent.text,
      ...(first !== undefined && { first }),
      ...(budget !== undefined && { budget }),
    };
    const { headers, ...rest } = json(body);
    const call: HttpCall = {
      method: 'POST',
      path: '/ops/v1/query/follow',
      headers: { ...headers, accept: 'text/event-stream' },
      ...rest,
      idempotent: true,
      deadlineMs: patienceMs(budget ?? {}),
      idleMs: silenceMs,
      signal,
    };
    try {
      const answer = await streamed(http, call, { mediaType: 'text/event-stream', sent });
      yield* followedBatches(answer, { url: http.url, clock });
    } catch (error) {
      if (!signal?.aborted) throw error;
    }
  },

  ingest: async ({ database, table, body, idempotencyKey, autoCreate, evolve, firstLine }) => {
    const key = keyHeader(idempotencyKey);
    const answer = await succeeded(http, {
      method: 'POST',
      path: '/v1/ingest',
      headers: {
        'content-type': 'application/x-ndjson',
        'x-database': named('database', database),
        'x-table': named('table', table),
        ...key,
        ...(autoCreate !== undefined && { 'x-auto-create': String(autoCreate) }),
        ...(evolve !== undefined && { 'x-schema-evolve': String(evolve) }),
        ...(firstLine !== undefined && { 'x-ops-first-line': String(firstLine) }),
      },
      body,
      idempotent: Object.keys(key).length > 0,
      deadlineMs: ingestMs,
    });
    return parsedAs(http, answer, { schema: IngestAck, what: 'an acknowledgement' });
  },

  schema: async () => {
    const answer = await succeeded(http, { method: 'GET', path: '/v1/catalog/schema', idempotent: true });
    return parsedAs(http, answer, { schema: CatalogSchema, what: 'a catalogue schema' });
  },

  provision: async (database, table, spec) => {
    const answer = await succeeded(http, {
      method: 'POST',
      path: `/v1/admin${tablePath(database, table)}`,
      ...(spec !== undefined && json(spec)),
      idempotent: false,
    });
    return parsedAs(http, answer, { schema: TableProvisioned, what: 'a provisioned table' });
  },

  describe: async (database, table) => {
    const path = `/v1/admin${tablePath(database, table)}`;
    const answer = await succeeded(http, { method: 'GET', path, idempotent: true });
    return parsedAs(http, answer, { schema: TableDetails, what: 'the details of a table' });
  },

  cleanup: async (database, table, before) => {
    const place = `/v1/database/${named('database', database)}/table/${named('table', table)}`;
    const path = `${place}/cleanup?before=${encodeURIComponent(before.toISOString())}`;
    const answer = await succeeded(http, { method: 'POST', path, idempotent: false, deadlineMs: ingestMs });
    return parsedAs(http, answer, { schema: CleanupResult, what: 'the result of a cleanup' });
  },

  compact: async (database, table) => {
    const path = `/ops/v1/query${tablePath(database, table)}/compact`;
    const answer = await succeeded(http, { method: 'POST', path, idempotent: false, deadlineMs: 3_600_000 });
    return parsedAs(http, answer, { schema: CompactResult, what: 'the result of a compaction' });
  },

  close: async () => undefined,
});
