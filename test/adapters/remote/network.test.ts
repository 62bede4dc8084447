import { type AddressInfo, createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { openRemote } from '../../../src/adapters/remote/index.js';
import { failure, ndjson, says, textOf, type World, world } from './harness.js';

let open: World | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const schema = { databases: [] };
const body = Buffer.from('{"n":1}\n');
const rows = says(200, '{"n":1}\n', { 'content-type': ndjson });

describe('no server', () => {
  const closedPort = async (): Promise<number> => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  };

  test('nobody listens', async () => {
    const server = `http://127.0.0.1:${await closedPort()}`;
    open = await world(says(200), { server });
    expect(await failure(open.remote.query.schema())).toMatchObject({
      code: 'unavailable',
      exit: 6,
      message: `cannot ask the server ${server}: nothing listens there (connection refused)`,
      hint: expect.stringContaining('ops serve'),
    });
    expect(open.pauses).toHaveLength(2);
  });

  test('no TLS where TLS is asked for', async () => {
    open = await world(says(200));
    const other = await world(says(200), { server: open.url.replace('http:', 'https:') });
    expect((await failure(other.remote.query.schema())).message).toContain('does not speak TLS');
    await other.close();
  });

  test('no HTTP', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('SSH-2.0-OpenSSH_9.6\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    open = await world(says(200), { server: `http://127.0.0.1:${port}` });
    expect(await failure(open.remote.query.schema())).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('does not speak HTTP'),
    });
    server.close();
  });

  test.each([
    ['ftp://h', 'is no http or https URL'],
    ['nonsense', 'is no http or https URL'],
    ['https://user:geheim@h/', 'carries a user name'],
    ['https://h/?a=b', 'something behind its path'],
  ])('%s is refused before anything is sent', async (server, message) => {
    const error = await failure(
      (async () =>
        openRemote({
          server,
          credential: async () => '',
          clock: { now: () => new Date(), monotonicMs: () => 0 },
          wait: async () => undefined,
          signal: new AbortController().signal,
          version: '1',
          keepSession: async () => undefined,
        }))(),
    );
    expect(error).toMatchObject({ code: 'usage', message: expect.stringContaining(message) });
    expect(error.message).not.toContain('geheim');
  });
});

describe('the way there', () => {
  test('keeps the path of the URL', async () => {
    open = await world(says(200, schema), { basePath: '/ops/' });
    await open.remote.query.schema();
    expect(open.seen[0]?.path).toBe('/ops/v1/catalog/schema');
    expect(open.remote.remote.url).toBe(open.url.slice(0, -1));
  });

  test('goes by no proxy where the server is asked without TLS', async () => {
    open = await world(says(200, schema), {
      env: { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' },
    });
    expect(await open.remote.query.schema()).toEqual(schema);
  });

  test('goes by HTTPS_PROXY to a server with TLS, unless NO_PROXY names it', async () => {
    const asked: string[] = [];
    const proxy = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (data) => {
        asked.push(data.toString().split('\r\n')[0] ?? '');
        socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const env = { HTTPS_PROXY: `127.0.0.1:${(proxy.address() as AddressInfo).port}`, NO_PROXY: 'direct.invalid' };
    open = await world(says(200), { env, server: 'https://ops.invalid' });
    expect(await failure(open.remote.query.schema())).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('proxy'),
    });
    const direct = await world(says(200), { env, server: 'https://direct.invalid', passing: () => true });
    await failure(direct.remote.query.schema());
    expect(asked).toEqual(['CONNECT ops.invalid:443 HTTP/1.1']);
    await direct.close();
    await new Promise((resolve) => proxy.close(resolve));
  });

  test('the credential is asked once and sent with every request', async () => {
    let asked = 0;
    open = await world(says(200, schema), {
      credential: async () => {
        asked++;
        return 'opst_1_secret';
      },
    });
    await open.remote.query.schema();
    await open.remote.query.schema();
    expect(asked).toBe(1);
    expect(open.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer opst_1_secret',
      'Bearer opst_1_secret',
    ]);
    expect(open.seen[0]?.headers['user-agent']).toBe('ops/1.2.3');
    expect(open.warned).toEqual([]);
    expect(open.shown.join()).not.toContain('secret');
  });

  test('a secret to another machine without TLS is warned of, once', async () => {
    open = await world(says(200), {
      server: 'http://ops.invalid',
      credential: async () => 'opst_1_secret',
      passing: () => true,
    });
    await failure(open.remote.query.schema());
    await failure(open.remote.query.schema());
    expect(open.warned).toEqual([expect.stringContaining('unencrypted to http://ops.invalid')]);
  });

  test('a failing credential ends the call unsent', async () => {
    const error = new RangeError('no');
    open = await world(says(200), { credential: () => Promise.reject(error) });
    expect(await failure(open.remote.query.schema())).toBe(error);
    expect(open.seen).toEqual([]);
  });

  test('any route: an error and a redirect are answers, header names come in lower case', async () => {
    open = await world([says(418, 'teapot', { 'X-Kind': 'Pot' }), says(302, '', { Location: '/x' })]);
    const answer = await open.remote.remote.request({
      method: 'POST',
      path: '/tea?x=1',
      headers: { 'X-Milk': 'nö' },
      body,
    });
    expect([answer.status, answer.headers['x-kind'], await textOf(answer.body)]).toEqual([418, 'Pot', 'teapot']);
    expect(Buffer.from(String(open.seen[0]?.headers['x-milk']), 'latin1').toString()).toBe('nö');
    expect((await open.remote.remote.request({ method: 'GET', path: '/y' })).status).toBe(302);
  });

  test('rows come', async () => {
    open = await world(rows);
    const result = await open.remote.query.query({ database: 'd', sql: 'SELECT 1' });
    expect(await textOf(result.ndjson())).toBe('{"n":1}\n');
  });
});
