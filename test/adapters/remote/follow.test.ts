import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type SseEvent, SseParser } from '../../../src/adapters/remote/sse.js';
import { failure, type Reply, says, textOf, type World, world } from './harness.js';

let open: World | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const event = (name: string, data: unknown): string =>
  `event: ${name}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
const columns = [{ name: 'n', type: 'long', engineType: 'BIGINT' }];
const stats = (rows: number) => ({ rows, bytesScanned: 10, elapsedMs: 2 });
const first = event('columns', columns) + event('row', '{"n":1}') + event('row', '{"n":2}') + event('end', stats(2));
const second = `: ping\n\n${event('columns', columns)}${event('row', '{"n":3}')}${event('end', stats(1))}`;

const streams =
  (parts: readonly string[], end: 'open' | 'end' | 'destroy' = 'open'): Reply =>
  async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const part of parts) {
      await new Promise((resolve) => response.write(part, resolve));
      await new Promise(setImmediate);
    }
    if (end === 'end') response.end();
    if (end === 'destroy') response.destroy();
  };

const followed = async (until: (seen: readonly string[]) => boolean, controller = new AbortController()) => {
  const seen: string[] = [];
  const request = { database: 'd', sql: 'SELECT n FROM t', signal: controller.signal };
  for await (const result of open?.remote.query.follow(request) ?? []) {
    seen.push(await textOf(result.ndjson()));
    expect(result.columns).toEqual(columns);
    await result.close();
    if (until(seen)) controller.abort(new RangeError('enough'));
  }
  return seen;
};

describe('follow', () => {
  test('gives batch after batch and ends in silence when it is aborted', async () => {
    open = await world(streams([first, second]));
    expect(await followed((seen) => seen.length === 2)).toEqual(['{"n":1}\n{"n":2}\n', '{"n":3}\n']);
    expect(JSON.parse(open.seen[0]?.body ?? '')).toEqual({ database: 'd', sql: 'SELECT n FROM t' });
  });

  test('sends the first statement and the budget', async () => {
    open = await world(streams([first], 'end'));
    const request = { database: 'd', sql: 'a', first: 'b', budget: { scanBytes: 5 } };
    for await (const result of open.remote.query.follow(request)) {
      await result.close();
      break;
    }
    expect(JSON.parse(open.seen[0]?.body ?? '')).toEqual(request);
  });

  test('rows that arrive byte by byte are the same, with their statistics', async () => {
    open = await world(streams([...first]));
    const [result] = await (async () => {
      for await (const one of open?.remote.query.follow({ database: 'd', sql: 'a' }) ?? []) {
        expect(await textOf(one.ndjson())).toBe('{"n":1}\n{"n":2}\n');
        return [one];
      }
      return [];
    })();
    expect(result?.stats()).toEqual(stats(2));
  });

  test('rows of a batch that nobody read are passed over', async () => {
    open = await world(streams([first, second]));
    const seen: string[] = [];
    for await (const result of open.remote.query.follow({ database: 'd', sql: 'a' })) {
      if (seen.push('batch') === 2) {
        seen.push(await textOf(result.ndjson()));
        break;
      }
    }
    expect(seen).toEqual(['batch', 'batch', '{"n":3}\n']);
  });

  test.each([
    [
      'an error of the server',
      [first, event('error', { error: { code: 'forbidden', message: 'no more', hint: 'ask', request_id: 'r' } })],
      'open',
      'forbidden',
      'no more',
    ],
    [
      'an error among rows',
      [event('columns', columns), event('error', { error: { code: 'limit_exceeded', message: 'm' } })],
      'open',
      'limit_exceeded',
      'm',
    ],
    ['an orderly end', [first], 'end', 'unavailable', 'ended the stream after 2 rows'],
    [
      'an end among rows',
      [event('columns', columns), event('row', '{"n":1}')],
      'end',
      'unavailable',
      'ended the stream after 1 row',
    ],
    ['a broken connection', [first], 'destroy', 'unavailable', 'broke off after 2 rows'],
    [
      'rows without columns',
      [event('row', '{"n":1}')],
      'open',
      'unavailable',
      'the event "row" where columns were due',
    ],
    [
      'columns that are none',
      [event('columns', 'x')],
      'open',
      'unavailable',
      'the event "columns" where columns were due',
    ],
    [
      'something strange',
      [event('columns', columns) + event('party', '1')],
      'open',
      'unavailable',
      'the event "party" among rows',
    ],
  ] as const)('%s ends it', async (_, parts, end, code, message) => {
    open = await world(streams(parts, end));
    const error = await failure(followed(() => false));
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('a refusal is told before the first batch', async () => {
    open = await world(
      says(400, { error: { code: 'usage', message: 'only filters', hint: 'leave out', request_id: 'r' } }),
    );
    expect(await failure(followed(() => false))).toMatchObject({ code: 'usage', exit: 2, hint: 'leave out' });
  });
});

describe('an event stream', () => {
  const parsed = (parts: readonly string[]): readonly (readonly [string, string])[] => {
    const parser = new SseParser();
    const events: SseEvent[] = parts.flatMap((part) => [...parser.push(Buffer.from(part))]);
    return events.map(({ name, data }) => [name, Buffer.from(data).toString()] as const);
  };

  test.each([
    ['event: a\ndata: 1\n\n', [['a', '1']]],
    ['event:a\r\ndata:1\r\n\r\n', [['a', '1']]],
    ['data: x\n\n', [['message', 'x']]],
    ['event: a\ndata: 1\ndata: 2\n\n', [['a', '1\n2']]],
    ['data:  two blanks\n\n', [['message', ' two blanks']]],
    ['data\n\n', [['message', '']]],
    [': ping\n\n:\n\n', []],
    ['event: nothing\n\nid: 1\nretry: 2\nodd\ndata: x\n\n', [['message', 'x']]],
    ['data: unfinished\n', []],
  ])('%j', (text, events) => {
    expect(parsed([text])).toEqual(events);
  });

  test('is the same however it is cut', () => {
    const item = fc.tuple(fc.constantFrom('row', 'end', 'é'), fc.stringMatching(/^[^\r\n]*$/));
    fc.assert(
      fc.property(fc.array(item), fc.array(fc.nat(200)), (events, cuts) => {
        const bytes = Buffer.from(events.map(([name, data]) => event(name, data)).join(''));
        const places = [...cuts.map((cut) => Math.min(cut, bytes.length)), 0, bytes.length].sort((a, b) => a - b);
        const parser = new SseParser();
        const seen = places.flatMap((place, index) => [...parser.push(bytes.subarray(places[index - 1] ?? 0, place))]);
        expect(seen.map(({ name, data }) => [name, Buffer.from(data).toString()])).toEqual(events);
      }),
    );
  });

  test('a line beyond 64 MiB is refused', () => {
    const parser = new SseParser();
    const part = Buffer.alloc(33 * 2 ** 20, 'x');
    parser.push(part);
    expect(() => parser.push(part)).toThrow('64 MiB');
  });
});
