import { beforeEach, describe, expect, test, vi } from 'vitest';
import { apiCommand as make } from '../../src/commands/api.js';
import type { Context, RemoteServer } from '../../src/context.js';
import { runCommand, type World } from './query/run-command.js';

type Call = Parameters<RemoteServer['request']>[0];

const apiCommand = (ctx: Context) => make(ctx, Object({ manifest: { version: '1.2.3' } }));

const inProcess = vi.hoisted(() => vi.fn());
vi.mock('../../src/serve/index.js', () => ({ inProcess }));
beforeEach(() => inProcess.mockReset());

/** A server that answers everything with this, and what it was asked. */
const server = (status = 200, parts: readonly string[] = [], headers: Readonly<Record<string, string>> = {}) => {
  const calls: Call[] = [];
  const request: RemoteServer['request'] = async (call) => {
    calls.push(call);
    return {
      status,
      headers,
      body: (async function* () {
        for (const part of parts) yield Buffer.from(part);
      })(),
    };
  };
  return { calls, request };
};

const api = (words: readonly string[], to: ReturnType<typeof server>, world: World = {}) =>
  runCommand(apiCommand, words, { ...world, other: { remote: async () => Object(to), ...world.other } });

describe('the request', () => {
  test.each<[readonly string[], string | undefined, Partial<Call>]>([
    [['get', '/health'], undefined, { method: 'GET', path: '/health', headers: {} }],
    [['POST', '/x'], '{"a":1}', { headers: { 'content-type': 'application/json' } }],
    [['POST', '/x'], 'plain', { headers: { 'content-type': 'application/octet-stream' } }],
    [['POST', '/v1/ingest?x=1'], '{"a":1}', { headers: { 'content-type': 'application/x-ndjson' } }],
    [['POST', '/v1/query'], 'SELECT 1', { headers: { 'content-type': 'application/sql' } }],
    [
      ['POST', '/v1/query', '-H', 'Content-Type: application/x-kql'],
      'x',
      { headers: { 'content-type': 'application/x-kql' } },
    ],
    [['GET', '/x', '-H', 'X-A:1', '-H', 'x-b: two: 3 '], undefined, { headers: { 'x-a': '1', 'x-b': 'two: 3' } }],
    [['GET', '/a b/é?q=%20+'], undefined, { path: '/a%20b/%C3%A9?q=%20+' }],
  ])('%j with body %j', async (words, body, expected) => {
    const to = server();
    const world: World = body === undefined ? {} : { settings: { file: 'body' }, files: { body } };
    const ran = await api(words, to, world);
    expect(ran.error).toBeUndefined();
    expect(to.calls[0]).toMatchObject(expected);
    expect(to.calls[0]?.body && Buffer.from(to.calls[0].body).toString()).toBe(body);
  });

  test.each<[readonly string[], string]>([
    [['GET', 'health'], 'does not begin with "/"'],
    [['G-T', '/x'], 'is no method'],
    [['CONNECT', '/x'], 'is no method'],
    [['GET', '/x#y'], '#'],
    [['GET', '/x\r\nHost: y'], 'control character'],
    [['GET', '/x', '-H', 'no colon'], 'is no header'],
    [['GET', '/x', '-H', 'A: b\r\nC: d'], 'is no header'],
    [['GET', '/x', '-H', 'bad name: b'], 'is no header'],
  ])('%j is exit 2, unsent', async (words, message) => {
    const to = server();
    const ran = await api(words, to);
    expect(ran.error).toMatchObject({ code: 'usage', message: expect.stringContaining(message) });
    expect(to.calls).toEqual([]);
  });

  test.each<[string, World, number]>([
    ['DELETE', { settings: { readOnly: true } }, 4],
    ['POST', { settings: { readOnly: true } }, 4],
    ['DELETE', { settings: { protected: true }, answer: false }, 12],
    ['POST', { settings: { dryRun: true } }, 0],
  ])('%s with %j is not sent', async (method, world, exit) => {
    const to = server();
    expect((await api([method, '/v1/x'], to, world)).exit).toBe(exit);
    expect(to.calls).toEqual([]);
  });

  test.each<[readonly string[], World]>([
    [['GET', '/v1/x'], { settings: { readOnly: true, dryRun: true } }],
    [['POST', '/v1/query'], { settings: { readOnly: true } }],
    [['DELETE', '/v1/x'], { settings: { protected: true }, answer: true }],
  ])('%j with %j is sent', async (words, world) => {
    const to = server();
    expect((await api(words, to, world)).exit).toBe(0);
    expect(to.calls).toHaveLength(1);
  });
});

describe('the answer', () => {
  test('is printed as it comes, without a newline of ours', async () => {
    expect((await api(['GET', '/x'], server(200, ['a\nb', '\u0000c']))).stdout).toBe('a\nb\u0000c');
  });

  test('with -i has status line and headers in front', async () => {
    const ran = await api(['GET', '/x', '-i'], server(200, ['{}'], { 'content-type': 'application/json', 'x-a': '1' }));
    expect(ran.stdout).toBe('HTTP/1.1 200 OK\ncontent-type: application/json\nx-a: 1\n\n{}');
  });

  test('of 204 is nothing', async () => {
    expect((await api(['DELETE', '/x'], server(204))).stdout).toBe('');
  });

  test.each([
    [400, '{"error":{"code":"sql_parse_error","message":"bad","request_id":"r"}}', 9, 'bad'],
    [404, '{"detail":"no such pod"}', 3, 'no such pod'],
    [410, '', 3, 'the server answered GET /x with status 410'],
    [401, '{}', 4, 'the server answered GET /x with status 401'],
    [402, '{}', 10, 'the server answered GET /x with status 402'],
    [405, '', 70, 'the server answered GET /x with status 405'],
    [409, 'taken', 5, 'taken'],
    [429, '{}', 8, 'the server answered GET /x with status 429'],
    [502, '<html></html>', 6, 'the server answered GET /x with status 502, with a web page'],
    [504, '', 7, 'the server answered GET /x with status 504'],
  ])('%i %j is printed and exit %i', async (status, body, exit, message) => {
    const ran = await api(['GET', '/x'], server(status, [body]));
    expect(ran).toMatchObject({ stdout: body, exit, error: { message } });
  });

  test('of a redirect says where it leads', async () => {
    const ran = await api(['POST', '/login'], server(302, [], { location: '/' }));
    expect(ran.exit).toBe(0);
    expect(ran.said.join()).toContain('it leads to /');
  });

  test('that nobody reads any more is no error', async () => {
    expect((await api(['GET', '/x'], server(200, ['a', 'b']), { stdoutIsClosed: true })).exit).toBe(0);
  });
});

test('without a server the routes are called inside the process', async () => {
  const here = server(200, ['{"status":"healthy"}\n']);
  const closed = vi.fn();
  inProcess.mockResolvedValue({ ...here, close: closed });
  const ran = await runCommand(apiCommand, ['GET', '/health'], { other: { remote: async () => undefined } });
  expect(ran.stdout).toBe('{"status":"healthy"}\n');
  expect(here.calls).toHaveLength(1);
  expect(inProcess).toHaveBeenCalledWith(expect.anything(), '1.2.3');
  expect(closed).toHaveBeenCalledOnce();
});
