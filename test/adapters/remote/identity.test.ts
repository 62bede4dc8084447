import { afterEach, expect, test } from 'vitest';
import type { IdentityService } from '../../../src/core/identity/index.js';
import { localPrincipal } from '../../../src/core/shared/index.js';
import { failure, says, type World, world } from './harness.js';

let open: World | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const at = '2026-03-01T12:00:00Z';
const account = { username: 'eve', email: null, grants: { query: 'read' as const }, created_at: at };
const token = {
  id: '1',
  name: 'ci',
  grants: { query: 'write' as const },
  created_at: at,
  expires_at: null,
  last_used_at: null,
  revoked_at: null,
};
const created = { ...token, token: 'opst_1_secret' };
const session = { token: 'opss_1_secret', username: 'eve', grants: {}, expires_at: at };
const actor = { principal: localPrincipal };
const password = 'correct horse';

test.each<[string, number, object | string, (identity: IdentityService) => Promise<unknown>, string, unknown, unknown]>(
  [
    [
      'createToken',
      201,
      created,
      (i) => i.createToken({ name: 'ci', grants: {} }, actor),
      'POST /tokens',
      { name: 'ci', grants: {} },
      created,
    ],
    ['tokens', 200, [token], (i) => i.tokens(), 'GET /tokens', undefined, [token]],
    ['revokeToken', 200, token, (i) => i.revokeToken('a/b', actor), 'DELETE /tokens/a%2Fb', undefined, token],
    [
      'login',
      200,
      session,
      (i) => i.login({ username: 'eve', password }, { address: '' }),
      'POST /login',
      { username: 'eve', password },
      session,
    ],
    ['logout', 204, '', (i) => i.logout('opss_1'), 'POST /logout', undefined, undefined],
    ['logout of none', 401, {}, (i) => i.logout('opss_1'), 'POST /logout', undefined, undefined],
    ['accounts', 200, [account], (i) => i.accounts(), 'GET /accounts', undefined, [account]],
    [
      'createAccount',
      201,
      account,
      (i) => i.createAccount({ username: 'eve', password, grants: {} }, actor),
      'POST /accounts',
      { username: 'eve', password, grants: {} },
      account,
    ],
    [
      'deleteAccount',
      204,
      '',
      (i) => i.deleteAccount('eve@x.org', actor),
      'DELETE /accounts/eve%40x.org',
      undefined,
      undefined,
    ],
    [
      'grant',
      200,
      account,
      (i) => i.grant('eve', 'query', 'read', actor),
      'PUT /accounts/eve/grants/query',
      { role: 'read' },
      account,
    ],
    [
      'revoke',
      200,
      account,
      (i) => i.revoke('eve', 'query', actor),
      'DELETE /accounts/eve/grants/query',
      undefined,
      account,
    ],
    [
      'revoke of the last role',
      204,
      '',
      (i) => i.revoke('eve', 'query', actor),
      'DELETE /accounts/eve/grants/query',
      undefined,
      undefined,
    ],
    [
      'authenticate',
      200,
      { kind: 'token', name: 'ci', grants: {} },
      (i) => i.authenticate('opst_1'),
      'GET /whoami',
      undefined,
      { kind: 'token', name: 'ci', grants: {} },
    ],
    [
      'authenticate nobody',
      200,
      { kind: 'anonymous', name: 'anonymous', grants: {} },
      (i) => i.authenticate('x'),
      'GET /whoami',
      undefined,
      undefined,
    ],
    ['authenticate in vain', 401, {}, (i) => i.authenticate('x'), 'GET /whoami', undefined, undefined],
  ],
)('%s', async (_, status, answer, work, line, body, expected) => {
  open = await world(says(status, answer));
  expect(await work(open.remote.identity)).toEqual(expected);
  const [seen] = open.seen;
  expect(`${seen?.method} ${seen?.path.replace('/ops/v1/auth', '')}`).toBe(line);
  expect(seen?.body === '' ? undefined : JSON.parse(seen?.body ?? '')).toEqual(body);
});

test.each<[string, (identity: IdentityService) => Promise<unknown>, string | undefined]>([
  ['a login carries none', (i) => i.login({ username: 'eve', password }, { address: '' }), undefined],
  ['a logout carries the session that ends', (i) => i.logout('opss_1'), 'Bearer opss_1'],
  ['the others carry the own one', (i) => i.accounts(), 'Bearer mine'],
])('credential: %s', async (_, work, authorization) => {
  open = await world(says(200, []), { credential: async () => 'mine' });
  await work(open.remote.identity).catch(() => undefined);
  expect(open.seen[0]?.headers.authorization).toBe(authorization);
});

test('whoAmI is about the own credential', async () => {
  const me = { kind: 'session', name: 'eve', grants: { query: 'read' } };
  open = await world(says(200, me), { credential: async () => 'mine' });
  expect(await open.remote.remote.whoAmI()).toEqual(me);
  expect(open.seen[0]?.headers.authorization).toBe('Bearer mine');
});

test('a login that is refused for a while says for how long; the password is not shown', async () => {
  open = await world(
    says(
      429,
      { error: { code: 'limit_exceeded', message: 'too many', hint: 'wait', request_id: 'r' } },
      { 'Retry-After': '840' },
    ),
  );
  expect(await failure(open.remote.identity.login({ username: 'eve', password }, { address: '' }))).toMatchObject({
    code: 'limit_exceeded',
    details: { retryAfterSeconds: 840 },
  });
  expect(open.shown.join()).not.toContain(password);
});

test.each([
  [[account], [], true],
  [[], [token], true],
  [[], [{ ...token, revoked_at: at }], false],
  [[{ ...account, grants: { sla: 'ADMIN' } }], [], false],
])('hasAnybody with %j and %j is %s', async (accounts, tokens, expected) => {
  open = await world((response, { path }) =>
    says(200, path.endsWith('/tokens') ? tokens : accounts)(response, { method: '', path, headers: {}, body: '' }),
  );
  expect(await open.remote.identity.hasAnybody('query')).toBe(expected);
});
