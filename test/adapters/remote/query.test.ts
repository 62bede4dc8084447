import { afterEach, describe, expect, test } from 'vitest';
import type { QueryService } from '../../../src/core/query/index.js';
import { failure, ndjson, says, type World, world } from './harness.js';

let open: World | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const ack = { snapshot_id: 's', extent_count: 1, rows_ingested: 1, bytes_written: 9, replayed: false };
const details = {
  database: 'd',
  table: 't',
  columns: [],
  row_count: 1,
  extent_count: 1,
  bytes: 1,
  snapshot_id: null,
  retention_days: null,
  time_column: null,
};
const provisioned = { database: 'd', table: 't', created: true, columns: [] };
const plan = { sql: 'SELECT 1', tables: [], bytes_to_scan: 0, plan: 'p' };
const cleaned = { extents_deleted: 1, rows_freed: 2, bytes_freed: 3 };
const compacted = { extents_before: 2, extents_after: 1, rows: 2, bytes_before: 9, bytes_after: 5, snapshot_id: 's' };
const body = Buffer.from('{"n":1}\n');

describe('each use case is one request', () => {
  test.each<
    [string, object, (query: QueryService) => Promise<unknown>, string, Record<string, string | undefined>, string]
  >([
    ['schema', { databases: [] }, (q) => q.schema(), 'GET /v1/catalog/schema', {}, ''],
    ['describe', details, (q) => q.describe('d', 't'), 'GET /v1/admin/databases/d/tables/t', {}, ''],
    [
      'provision',
      provisioned,
      (q) => q.provision('d', 't'),
      'POST /v1/admin/databases/d/tables/t',
      { 'content-type': undefined },
      '',
    ],
    [
      'provision with a body',
      provisioned,
      (q) => q.provision('d', 't', { retention_days: 7 }),
      'POST /v1/admin/databases/d/tables/t',
      { 'content-type': 'application/json' },
      '{"retention_days":7}',
    ],
    [
      'cleanup',
      cleaned,
      (q) => q.cleanup('d', 't', new Date('2026-03-01T12:00:00Z')),
      'POST /v1/database/d/table/t/cleanup?before=2026-03-01T12%3A00%3A00.000Z',
      {},
      '',
    ],
    ['compact', compacted, (q) => q.compact('d', 't'), 'POST /ops/v1/query/databases/d/tables/t/compact', {}, ''],
    [
      'explain',
      plan,
      (q) => q.explain({ database: 'd', sql: ' SELECT 1 ' }),
      'POST /v1/query',
      { 'content-type': 'application/sql', 'x-kyma-explain': 'true', 'x-database': 'd' },
      'SELECT 1',
    ],
    [
      'ingest',
      ack,
      (q) =>
        q.ingest({
          database: 'd',
          table: 't',
          body,
          idempotencyKey: 'k#1',
          autoCreate: false,
          evolve: true,
          firstLine: 7,
        }),
      'POST /v1/ingest',
      {
        'content-type': 'application/x-ndjson',
        'x-database': 'd',
        'x-table': 't',
        'x-idempotency-key': 'k#1',
        'x-auto-create': 'false',
        'x-schema-evolve': 'true',
        'x-ops-first-line': '7',
      },
      '{"n":1}\n',
    ],
    [
      'ingest with the defaults',
      ack,
      (q) => q.ingest({ database: 'd', table: 't', body }),
      'POST /v1/ingest',
      { 'x-idempotency-key': undefined, 'x-auto-create': undefined, 'x-schema-evolve': undefined },
      '{"n":1}\n',
    ],
  ])('%s', async (_, answer, work, line, headers, sent) => {
    open = await world(says(200, answer));
    expect(await work(open.remote.query)).toEqual(answer);
    const [seen] = open.seen;
    expect(`${seen?.method} ${seen?.path}`).toBe(line);
    for (const [name, value] of Object.entries(headers)) expect(seen?.headers[name], name).toBe(value);
    expect(seen?.body).toBe(sent);
  });

  test.each([
    [{}, [undefined, undefined, undefined]],
    [{ wallClockMs: 50, scanBytes: 0 }, ['50', undefined, '0']],
    [{ memoryBytes: 2 ** 30 }, [undefined, undefined, undefined]],
    [{ memoryBytes: 2 ** 30, memoryIsBound: true }, [undefined, '1073741824', undefined]],
  ])('the budget %j travels as headers', async (budget, expected) => {
    open = await world(says(200, '', { 'content-type': ndjson }));
    await (await open.remote.query.query({ database: 'd', sql: 'SELECT 1', budget })).close();
    const headers = open.seen[0]?.headers ?? {};
    expect(
      ['x-kyma-max-wall-clock-ms', 'x-kyma-max-memory-bytes', 'x-kyma-max-object-store-bytes'].map(
        (name) => headers[name],
      ),
    ).toEqual(expected);
  });
});

test.each<[string, (query: QueryService) => Promise<unknown>, string]>([
  ['a table that climbs', (q) => q.describe('d', '../x'), 'invalid_data'],
  ['a database with a line break', (q) => q.query({ database: 'd\r\nX-Evil: 1', sql: 'SELECT 1' }), 'invalid_data'],
  ['a table with a slash', (q) => q.compact('d', 't/../../x'), 'invalid_data'],
  ['a key with a line break', (q) => q.ingest({ database: 'd', table: 't', body, idempotencyKey: 'a\nb' }), 'usage'],
])('%s is refused unsent', async (_, work, code) => {
  open = await world(says(200));
  expect((await failure(work(open.remote.query))).code).toBe(code);
  expect(open.seen).toEqual([]);
});
