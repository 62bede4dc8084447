import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { QueryResult } from '../../../src/core/query/index.js';
import { failure, ndjson, type Reply, says, textOf, type World, world } from './harness.js';

let open: World | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const ask = async (reply: Reply, signal?: AbortSignal): Promise<QueryResult> => {
  open = await world(reply);
  return open.remote.query.query({ database: 'default', sql: 'SELECT 1', ...(signal && { signal }) });
};

/** Parts that leave one after the other; `undefined` breaks the stream off. */
const streams =
  (
    parts: readonly (string | undefined)[],
    headers: Record<string, string> = {},
    trailers: Record<string, string> = {},
  ): Reply =>
  async (response: ServerResponse) => {
    response.writeHead(200, {
      'content-type': ndjson,
      ...headers,
      ...(Object.keys(trailers).length > 0 && { trailer: Object.keys(trailers).join(', ') }),
    });
    for (const part of parts) {
      if (part === undefined) return response.destroy();
      await new Promise((resolve) => response.write(part, resolve));
      await new Promise(setImmediate);
    }
    response.addTrailers(trailers);
    response.end();
  };

const columns = [{ name: 'n', type: 'long', engineType: 'BIGINT' }];
const columnsHeader = (value: unknown = columns) => ({ 'X-Ops-Columns': encodeURIComponent(JSON.stringify(value)) });

describe('columns', () => {
  test.each([
    ['the header', says(200, '{"n":1}\n', { 'content-type': ndjson, ...columnsHeader() }), columns],
    ['the header, where there are no rows', says(200, '', { 'content-type': ndjson, ...columnsHeader() }), columns],
    [
      'the keys of the first row, in their order',
      streams(['{"b":1,"2"', ':9007199254740993,"a":null}\n{"c":1}\n']),
      ['b', '2', 'a'].map((name) => ({ name, type: 'string', engineType: 'VARCHAR' })),
    ],
    ['nothing where there is neither', says(200, '', { 'content-type': ndjson }), []],
    [
      'text for a type of the future',
      says(200, '', { 'content-type': ndjson, ...columnsHeader([{ name: 'x', type: 'hologram', engineType: 'H' }]) }),
      [{ name: 'x', type: 'string', engineType: 'H' }],
    ],
    [
      'the first row where the header is damaged',
      says(200, '{"n":1}\n', { 'content-type': ndjson, 'X-Ops-Columns': '%zz' }),
      [{ name: 'n', type: 'string', engineType: 'VARCHAR' }],
    ],
  ])('come from %s', async (_, reply, expected) => {
    const result = await ask(reply);
    expect(result.columns).toEqual(expected);
    await result.close();
  });

  test.each(['[1]\n', 'ok\n'])('a first line %j is no row', async (text) => {
    expect(await failure(ask(says(200, text, { 'content-type': ndjson })))).toMatchObject({ code: 'unavailable' });
  });
});

describe('rows', () => {
  test.each([
    [['{"n":1}\n{"n":2}\n'], '{"n":1}\n{"n":2}\n'],
    [['{"n"', ':1}', '\n', '{"n":2}\n'], '{"n":1}\n{"n":2}\n'],
    [['{"n":1}\n{"n":2}'], '{"n":1}\n{"n":2}\n'],
    [['{"s":"', 'é'.repeat(10), '"}\n'], `{"s":"${'é'.repeat(10)}"}\n`],
    [
      ['{"__error":"a column of this name"}\n', '{"__error":{"code":1}}\n'],
      '{"__error":"a column of this name"}\n{"__error":{"code":1}}\n',
    ],
    [['{"__error":{"code":"x"}}\n', '{"n":2}\n'], '{"__error":{"code":"x"}}\n{"n":2}\n'],
    [['{"__error":{"code":"x"},"n":1}\n'], '{"__error":{"code":"x"},"n":1}\n'],
    [[], ''],
  ])('%j come in whole lines', async (parts, text) => {
    const result = await ask(streams(parts, columnsHeader()));
    const seen: string[] = [];
    for await (const lines of result.ndjson()) seen.push(Buffer.from(lines).toString());
    expect(seen.join('')).toBe(text);
    for (const lines of seen) expect(lines.endsWith('\n')).toBe(true);
    expect(result.stats().rows).toBe(text.split('\n').length - 1);
  });

  const told = '{"__error":{"code":"memory_exceeded","message":"too much","request_id":"r-7"}}\n';
  test.each([
    ['in the same part', ['{"n":1}\n', `{"n":2}\n${told}`, undefined], '{"n":1}\n{"n":2}\n'],
    ['in pieces', ['{"n":1}\n{"__err', told.slice(7, 30), told.slice(30), undefined], '{"n":1}\n'],
    ['at an orderly end', [`{"n":1}\n${told}`], '{"n":1}\n'],
    ['without its newline', ['{"n":1}\n', told.trim()], '{"n":1}\n'],
    ['alone', [told], ''],
  ])('an error line %s ends them and is not handed on', async (_, parts, text) => {
    const result = await ask(streams(parts, columnsHeader()));
    let seen = '';
    const error = await failure(
      (async () => {
        for await (const lines of result.ndjson()) seen += Buffer.from(lines).toString();
      })(),
    );
    expect(error).toMatchObject({
      code: 'limit_exceeded',
      exit: 8,
      reason: 'memory_exceeded',
      message: 'too much',
      requestId: 'r-7',
    });
    expect(seen).toBe(text);
  });

  test('an error line is found also where the columns have to be read from rows', async () => {
    expect(await failure(ask(streams([told, undefined])))).toMatchObject({ reason: 'memory_exceeded' });
  });

  test('that break off say how many came', async () => {
    const result = await ask(streams(['{"n":1}\n{"n":2}\n{"n"', undefined], columnsHeader()));
    let seen = '';
    const error = await failure(
      (async () => {
        for await (const lines of result.ndjson()) seen += Buffer.from(lines).toString();
      })(),
    );
    expect(error).toMatchObject({ code: 'unavailable', exit: 6 });
    expect(error.message).toContain('broke off after 2 rows');
    expect(seen).toBe('{"n":1}\n{"n":2}\n');
  });

  test.each<[string, Reply]>([
    ['header', says(200, '{"n":1}\n', { 'content-type': ndjson, ...columnsHeader(), 'X-Kyma-Rows': '5' })],
    ['trailer', streams(['{"n":1}\n'], columnsHeader(), { 'X-Kyma-Rows': '5' })],
  ])('fewer than the %s says are not complete', async (_, reply) => {
    const result = await ask(reply);
    expect((await failure(textOf(result.ndjson()))).message).toContain('after 1 of 5 rows');
  });

  test('a cancelled result ends in silence and lets go of the connection', async () => {
    let gone: () => void = () => undefined;
    const left = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const result = await ask((response) => {
      response.writeHead(200, { 'content-type': ndjson, ...columnsHeader() });
      response.write('{"n":1}\n');
      response.on('close', gone);
    });
    const rows = result.ndjson()[Symbol.asyncIterator]();
    await rows.next();
    result.cancel();
    expect(await rows.next()).toMatchObject({ done: true });
    await left;
    await result.close();
  });

  test('an aborted one ends with the reason', async () => {
    const controller = new AbortController();
    const reason = new RangeError('enough');
    const result = await ask((response) => {
      response.writeHead(200, { 'content-type': ndjson, ...columnsHeader() });
      response.write('{"n":1}\n');
    }, controller.signal);
    const rows = result.ndjson()[Symbol.asyncIterator]();
    await rows.next();
    controller.abort(reason);
    expect(await failure(rows.next())).toBe(reason);
  });

  test('a result that nobody reads may break off unseen', async () => {
    const result = await ask(streams(['{"n":1}\n', undefined], columnsHeader()));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await result.close();
  });
});

describe('statistics', () => {
  const facts = { 'X-Kyma-Rows': '1', 'X-Kyma-Bytes-Scanned': '4096', 'X-Kyma-Elapsed-Ms': '17' };
  test.each<[string, Reply, object]>([
    [
      'headers',
      says(200, '{"n":1}\n', { 'content-type': ndjson, ...columnsHeader(), ...facts }),
      { rows: 1, bytesScanned: 4096, elapsedMs: 17 },
    ],
    ['trailers', streams(['{"n":1}\n'], columnsHeader(), facts), { rows: 1, bytesScanned: 4096, elapsedMs: 17 }],
    [
      'counting, where a proxy dropped them',
      streams(['{"n":1}\n'], columnsHeader()),
      { rows: 1, bytesScanned: 0, elapsedMs: 0 },
    ],
  ])('come from %s', async (_, reply, expected) => {
    const result = await ask(reply);
    await textOf(result.ndjson());
    expect(result.stats()).toEqual(expected);
  });
});
