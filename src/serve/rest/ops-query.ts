import { z } from 'zod';
import {
  asPrincipal,
  CompactResult,
  ObjectName,
  QueryBudget,
  type QueryResult,
  type QueryService,
} from '../../core/query/index.js';
import { asOpsError } from '../as-error.js';
import { errorAnswer } from '../error-response.js';
import type { Call, Route } from '../route.js';
import { opsErrors } from './ops-auth.js';

const FollowBody = z.strictObject({
  database: ObjectName,
  sql: z.string().max(16 << 20),
  first: z
    .string()
    .max(16 << 20)
    .optional(),
  budget: QueryBudget.optional(),
});

const pingMs = 15_000;
const newline = 10;

const event = (name: string, data: string): string => `event: ${name}\ndata: ${data}\n\n`;

/** The rows of one batch as events, the row's text exactly as it is. */
async function* batch(result: QueryResult): AsyncGenerator<Uint8Array> {
  try {
    yield Buffer.from(event('columns', JSON.stringify(result.columns)));
    for await (const lines of result.ndjson()) {
      const text = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
      const events: string[] = [];
      for (let start = 0, end = 0; start < text.length; start = end + 1) {
        end = text.indexOf(newline, start);
        if (end < 0) end = text.length;
        events.push(event('row', text.toString('utf8', start, end)));
      }
      yield Buffer.from(events.join(''));
    }
    yield Buffer.from(event('end', JSON.stringify(result.stats())));
  } finally {
    await result.close();
  }
}

/** Batches as they come; a comment where nothing came for a while, so that nobody takes the silence for the end. */
async function* batches(call: Call, results: AsyncIterator<QueryResult>): AsyncGenerator<Uint8Array> {
  const { stopping } = call;
  const stops = new Promise<never>((_, reject) => {
    stopping.addEventListener('abort', () => reject(stopping.reason), { once: true, signal: call.signal });
  });
  // Its failure is seen by whoever waits for it just then.
  stops.catch(() => undefined);
  for (;;) {
    const asked = results.next();
    let next: IteratorResult<QueryResult> | undefined;
    while (!next) {
      let timer: NodeJS.Timeout | undefined;
      const silence = new Promise<undefined>((resolve) => {
        timer = setTimeout(resolve, pingMs, undefined);
      });
      next = await Promise.race([asked, silence, stops]).finally(() => clearTimeout(timer));
      // A token that was revoked meanwhile sees no more.
      await call.recheck();
      if (!next) yield Buffer.from(': ping\n\n');
    }
    if (next.done) return;
    yield* batch(next.value);
  }
}

/** The iteration with its first step, which was taken before, in front. */
async function* from(
  first: IteratorResult<QueryResult>,
  others: AsyncIterator<QueryResult>,
): AsyncGenerator<QueryResult> {
  for (let next = first; !next.done; next = await others.next()) yield next.value;
}

async function* follow(call: Call, results: AsyncIterator<QueryResult>): AsyncGenerator<Uint8Array> {
  try {
    yield* batches(call, results);
  } catch (thrown) {
    if (call.signal.aborted) return;
    const facts = { requestId: call.requestId, path: '/ops/v1/query/follow', at: new Date() };
    yield Buffer.from(event('error', JSON.stringify(errorAnswer(asOpsError(thrown), 'shared', facts).json)));
  } finally {
    // Waits for what it was waiting for; nobody else has to.
    void results.return?.();
  }
}

/** What the commands need beyond the documented routes of the query platform. */
export const opsQueryRoutes = (query: () => Promise<QueryService>): readonly Route[] => [
  {
    method: 'POST',
    path: '/ops/v1/query/databases/{database}/tables/{table}/compact',
    owner: 'shared',
    summary: 'Merge the small extents of a table.',
    demand: 'ops',
    params: z.object({ database: ObjectName, table: ObjectName }),
    answers: {
      200: { description: 'What was merged.', content: { type: 'application/json', schema: CompactResult } },
      ...opsErrors(400, 401, 403, 404, 503),
    },
    handle: async (call) => {
      const { database = '', table = '' } = call.params;
      return { status: 200, json: await asPrincipal(await query(), call.principal).compact(database, table) };
    },
  },
  {
    method: 'POST',
    path: '/ops/v1/query/follow',
    owner: 'shared',
    summary: 'The rows of a statement, and those of each later ingest, as server-sent events.',
    demand: 'ops',
    readOnly: true,
    body: { kind: 'json', schema: FollowBody, maxBytes: 16 << 20 },
    answers: {
      200: { description: 'Events columns, row, end and error.', content: { type: 'text/event-stream' } },
      ...opsErrors(400, 401, 403, 404, 413, 415, 429),
    },
    handle: async (call) => {
      const { database, sql, first, budget } = FollowBody.parse(call.json);
      const results = asPrincipal(await query(), call.principal)
        .follow({
          database,
          sql,
          signal: call.signal,
          ...(first !== undefined && { first }),
          ...(budget && { budget }),
        })
        [Symbol.asyncIterator]();
      // The first batch decides about the status: an error in the statement is no stream.
      const opening = await results.next();
      return {
        status: 200,
        headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
        stream: follow(call, from(opening, results)),
        close: async () => {
          await results.return?.();
        },
      };
    },
  },
];
