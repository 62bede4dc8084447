import { afterEach, describe, expect, test } from 'vitest';
import { failure, type Reply, says, textOf, type World, world } from './harness.js';

let open: World | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const schema = { databases: [] };
const ack = { snapshot_id: 's', extent_count: 1, rows_ingested: 1, bytes_written: 9, replayed: false };
const busy = (status: number, code: string, headers = {}): Reply =>
  says(status, { error: { code, message: 'm', request_id: 'r' } }, headers);
const hangUp: Reply = (response) => response.destroy();
const body = Buffer.from('{"n":1}\n');

describe('tries again', () => {
  test.each<[string, Reply, (world: World) => Promise<unknown>, number]>([
    ['a read, 503', busy(503, 'unavailable'), (w) => w.remote.query.schema(), 3],
    ['a read, 502', says(502), (w) => w.remote.query.schema(), 3],
    ['a read, too many requests', busy(429, 'too_many_requests'), (w) => w.remote.query.schema(), 3],
    ['a read, connection lost', hangUp, (w) => w.remote.query.schema(), 3],
    ['a query', busy(503, 'unavailable'), (w) => w.remote.query.query({ database: 'd', sql: 'SELECT 1' }), 3],
    [
      'an exceeded budget never',
      busy(429, 'wall_clock_exceeded'),
      (w) => w.remote.query.query({ database: 'd', sql: 'x' }),
      1,
    ],
    ['an error never', busy(500, 'internal'), (w) => w.remote.query.schema(), 1],
    ['a gateway timeout never', says(504), (w) => w.remote.query.schema(), 1],
    [
      'ingest with a key',
      hangUp,
      (w) => w.remote.query.ingest({ database: 'd', table: 't', body, idempotencyKey: 'k' }),
      3,
    ],
    ['ingest without a key never', hangUp, (w) => w.remote.query.ingest({ database: 'd', table: 't', body }), 1],
    [
      'ingest without a key never, 503',
      says(503),
      (w) => w.remote.query.ingest({ database: 'd', table: 't', body }),
      1,
    ],
    ['provisioning never', says(503), (w) => w.remote.query.provision('d', 't'), 1],
    [
      'a login never',
      busy(429, 'too_many_requests'),
      (w) => w.remote.identity.login({ username: 'a', password: 'b' }, { address: '' }),
      1,
    ],
  ])('%s', async (_, reply, work, tries) => {
    open = await world(reply);
    await failure(work(open));
    expect(open.seen).toHaveLength(tries);
    expect(open.pauses).toHaveLength(tries - 1);
  });

  test('with growing pauses, and gives the answer that comes in the end', async () => {
    open = await world([says(503), hangUp, says(200, schema)]);
    expect(await open.remote.query.schema()).toEqual(schema);
    expect(open.pauses).toEqual([200, 400]);
    expect(open.shown).toHaveLength(1);
  });

  test.each([
    ['2', 2_000],
    ['900', 5_000],
    ['Sun, 01 Mar 2026 12:00:03 GMT', 3_000],
    ['soon', 200],
  ])('after %s, as the server wishes, in %i ms', async (retryAfter, pause) => {
    open = await world([says(503, '', { 'Retry-After': retryAfter }), says(200, schema)]);
    await open.remote.query.schema();
    expect(open.pauses).toEqual([pause]);
  });

  test('sends the same body again', async () => {
    open = await world([hangUp, says(200, ack)]);
    expect(await open.remote.query.ingest({ database: 'd', table: 't', body, idempotencyKey: 'k#1' })).toEqual(ack);
    expect(open.seen.map((seen) => [seen.body, seen.headers['x-idempotency-key']])).toEqual([
      ['{"n":1}\n', 'k#1'],
      ['{"n":1}\n', 'k#1'],
    ]);
  });

  test('an answer that is worth no other try is handed on whole', async () => {
    open = await world(busy(429, 'memory_exceeded'));
    const answer = await open.remote.remote.request({ method: 'GET', path: '/v1/x' });
    expect([answer.status, JSON.parse(await textOf(answer.body))]).toMatchObject([
      429,
      { error: { code: 'memory_exceeded' } },
    ]);
  });
});

describe('an end before the answer', () => {
  const never: Reply = () => undefined;

  test('the deadline of a small call is a minute', async () => {
    open = await world(never, { passing: (ms) => ms === 60_000 });
    expect(await failure(open.remote.query.schema())).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('60 s'),
    });
  });

  test.each([
    [{}, 310_000],
    [{ wallClockMs: 1_000 }, 60_000],
    [{ wallClockMs: 900_000 }, 910_000],
  ])('the deadline of a query with budget %j is %i ms', async (budget, deadlineMs) => {
    open = await world(never, { passing: (ms) => ms === deadlineMs });
    const error = await failure(open.remote.query.query({ database: 'd', sql: 'SELECT 1', budget }));
    expect(error).toMatchObject({ code: 'timeout', message: expect.stringContaining(open.url) });
  });

  test('the deadline holds for the end of a small answer', async () => {
    const half: Reply = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"databases":');
    };
    let started = (): void => undefined;
    const later = new Promise<void>((resolve) => {
      started = resolve;
    });
    open = await world(half, {
      wait: (_, signal) =>
        Promise.race([later, new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))]),
    });
    const running = failure(open.remote.query.schema());
    while (open.seen.length === 0) await new Promise(setImmediate);
    started();
    expect(await running).toMatchObject({ code: 'timeout' });
  });

  test.each(['the command', 'the request'])('%s is cancelled, and its reason is thrown', async (who) => {
    const all = new AbortController();
    const one = new AbortController();
    open = await world(never, { signal: all.signal });
    const running = failure(open.remote.query.query({ database: 'd', sql: 'SELECT 1', signal: one.signal }));
    while (open.seen.length === 0) await new Promise(setImmediate);
    const reason = new RangeError('enough');
    (who === 'the command' ? all : one).abort(reason);
    expect(await running).toBe(reason);
  });

  test('what was cancelled before is not sent', async () => {
    const reason = new RangeError('enough');
    open = await world(never, { signal: AbortSignal.abort(reason) });
    expect(await failure(open.remote.query.schema())).toBe(reason);
    expect(open.seen).toEqual([]);
  });

  test('a pause is no longer than the cancelling', async () => {
    const all = new AbortController();
    const reason = new RangeError('enough');
    open = await world(says(503), {
      signal: all.signal,
      wait: async (ms) => (ms < 60_000 ? all.abort(reason) : new Promise(() => undefined)),
    });
    expect(await failure(open.remote.query.schema())).toBe(reason);
    expect(open.seen).toHaveLength(1);
  });
});
