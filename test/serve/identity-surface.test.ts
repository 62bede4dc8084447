import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allGrants, type Grants, localPrincipal } from '../../src/core/shared/index.js';
import { openServer, type TestServer } from './open-server.js';

let open: TestServer;
beforeAll(async () => {
  open = await openServer({ tokens: 'reader:read, writer:write, scoped:write:lab' });
  await ask('writer', 'POST', '/v1/ingest', '{"n":1}\n', { 'x-table': 'logs' });
});
afterAll(() => open.close());

const ask = (
  token: string | undefined,
  method: string,
  path: string,
  body?: string,
  headers: Readonly<Record<string, string>> = {},
) =>
  open.ask(path, {
    method,
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    ...(body !== undefined && { body }),
  });

const query = (token: string | undefined, sql = 'SELECT 1 AS one', database = 'default') =>
  ask(token, 'POST', '/v1/query', sql, { 'content-type': 'application/sql', 'x-database': database });

const made = async (name: string, grants: Grants) =>
  (await open.ctx.identity()).createToken({ name, grants }, { principal: localPrincipal });

describe('the platform with tokens', () => {
  test.each<[string, () => Promise<Response>, number]>([
    ['nobody reads', () => query(undefined), 401],
    ['a token that is nearly right is wrong', () => query('readers'), 401],
    ['a token of another case is wrong', () => query('Reader'), 401],
    ['a reader reads', () => query('reader'), 200],
    ['a reader does not write', () => ask('reader', 'POST', '/v1/ingest', '{"n":1}\n', { 'x-table': 'logs' }), 403],
    ['a reader does not describe', () => ask('reader', 'GET', '/v1/admin/databases/default/tables/logs'), 403],
    ['a writer describes', () => ask('writer', 'GET', '/v1/admin/databases/default/tables/logs'), 200],
    ['a token of one database stays there', () => query('scoped'), 403],
    ['the reserved database is for administrators', () => query('writer', 'SELECT 1', 'ops'), 403],
    ['health is for everybody', () => ask(undefined, 'GET', '/health'), 200],
    ['metrics are for everybody', () => ask('wrong', 'GET', '/metrics'), 200],
  ])('%s', async (_, asked, status) => {
    expect((await asked()).status).toBe(status);
  });

  test('401 says which scheme is wanted', async () => {
    expect((await query(undefined)).headers.get('www-authenticate')).toBe('Bearer realm="kyma"');
  });
});

describe('ops tokens', () => {
  test('act with their role, until they are revoked', async () => {
    const { token, id } = await made('short', { query: 'read' });
    expect((await query(token)).status).toBe(200);
    await (await open.ctx.identity()).revokeToken(id, { principal: localPrincipal });
    expect((await query(token)).status).toBe(401);
  });

  test('of an administrator alone make others', async () => {
    const { token: low } = await made('low', { query: 'read' });
    const { token: high } = await made('high', allGrants);
    const body = JSON.stringify({ name: 'child', grants: { query: 'read' } });
    const json = { 'content-type': 'application/json' };
    expect((await ask(low, 'POST', '/ops/v1/auth/tokens', body, json)).status).toBe(403);
    const answer = await ask(high, 'POST', '/ops/v1/auth/tokens', body, json);
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ name: 'child', token: expect.stringMatching(/^opst_/) });
    expect(open.log.join('')).not.toContain('opst_');
  });

  test('that are revoked while they follow see no more', async () => {
    const { token, id } = await made('follower', { query: 'read' });
    const answer = await ask(
      token,
      'POST',
      '/ops/v1/query/follow',
      '{"database":"default","sql":"SELECT n FROM logs"}',
      {
        'content-type': 'application/json',
      },
    );
    const reader = answer.body?.getReader();
    const decoder = new TextDecoder();
    let text = '';
    while (!text.includes('event: end')) text += decoder.decode((await reader?.read())?.value);
    await (await open.ctx.identity()).revokeToken(id, { principal: localPrincipal });
    await ask('writer', 'POST', '/v1/ingest', '{"n":77}\n', { 'x-table': 'logs' });
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
      text += decoder.decode(part.value);
    expect(text).toContain('event: error');
    expect(text).not.toContain('{"n":77}');
  });
});

test('whoever logs in acts as himself, and a wrong credential is told', async () => {
  const json = { 'content-type': 'application/json' };
  const identity = await open.ctx.identity();
  await identity.createAccount(
    { username: 'alice', password: 'correct horse battery', grants: { query: 'admin' } },
    { principal: localPrincipal },
  );
  const login = (password: string) =>
    ask('opss_outdated_token', 'POST', '/ops/v1/auth/login', JSON.stringify({ username: 'alice', password }), json);
  expect((await login('wrong')).status).toBe(401);
  const { token } = (await (await login('correct horse battery')).json()) as { token: string };
  expect(await (await ask(token, 'GET', '/ops/v1/auth/whoami')).json()).toMatchObject({
    kind: 'session',
    name: 'alice',
  });
  expect((await ask('nonsense', 'GET', '/ops/v1/auth/whoami')).status).toBe(401);
  expect((await ask(token, 'POST', '/ops/v1/auth/logout')).status).toBe(204);
  expect((await ask(token, 'GET', '/ops/v1/auth/whoami')).status).toBe(401);
});
