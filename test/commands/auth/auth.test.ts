import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { OpsError } from '../../../src/base/errors.js';
import { authLoginCommand } from '../../../src/commands/auth/login.js';
import { authLogoutCommand } from '../../../src/commands/auth/logout.js';
import { authStatusCommand } from '../../../src/commands/auth/status.js';
import { authTokenCreateCommand } from '../../../src/commands/auth/token-create.js';
import { authTokenListCommand } from '../../../src/commands/auth/token-list.js';
import { authTokenRevokeCommand } from '../../../src/commands/auth/token-revoke.js';
import { authUserCreateCommand } from '../../../src/commands/auth/user-create.js';
import { authUserDeleteCommand } from '../../../src/commands/auth/user-delete.js';
import { authUserGrantCommand } from '../../../src/commands/auth/user-grant.js';
import { authUserListCommand } from '../../../src/commands/auth/user-list.js';
import { authUserRevokeCommand } from '../../../src/commands/auth/user-revoke.js';
import type { Context, RemoteServer } from '../../../src/context.js';
import type { KeyOrigin } from '../../../src/core/config/index.js';
import type { WhoAmI } from '../../../src/core/identity/index.js';
import { allGrants } from '../../../src/core/shared/index.js';
import { identityWorld, local, password } from '../../core/identity/identity-world.js';
import { runCommand, type World } from '../query/run-command.js';

const alice = { username: 'alice', password, grants: { query: 'admin' } } as const;

/** Commands over a real service in memory. `typed` are the answers to hidden prompts. */
const world = ({ typed = [] }: { readonly typed?: readonly string[] } = {}) => {
  const identity = identityWorld();
  const answers = [...typed];
  const questions: string[] = [];
  const run = (make: (ctx: Context) => Command, words: readonly string[], more: World = {}) =>
    runCommand(make, words, {
      ...more,
      other: {
        identity: async () => identity.service,
        remote: async () => undefined,
        secret: async (question) => {
          questions.push(question);
          return answers.shift() ?? '';
        },
        ...more.other,
      },
      settings: { origins: new Map(), noInput: typed.length === 0, ...more.settings },
    });
  return { ...identity, run, questions };
};

/** A server that is asked directly; what was kept of sessions and sent to it is written down. */
const server = (who: WhoAmI | OpsError, status = 204) => {
  const kept: (string | undefined)[] = [];
  const sent: string[] = [];
  const remote: RemoteServer = {
    url: 'https://ops.example.com',
    request: async ({ method, path }) => {
      sent.push(`${method} ${path}`);
      return { status, headers: {}, body: (async function* () {})() };
    },
    whoAmI: async () => {
      if (who instanceof OpsError) throw who;
      return who;
    },
    keepSession: async (token) => void kept.push(token),
  };
  return { other: { remote: async () => remote }, kept, sent };
};
const anonymous: WhoAmI = { kind: 'anonymous', name: 'anonymous', grants: {} };
const session: WhoAmI = { kind: 'session', name: 'alice', grants: alice.grants };

describe('tokens', () => {
  test('create prints the secret once, and says so', async () => {
    const { run, service } = world();
    const words = ['--name', 'nightly', '--role', 'query=read,sla=viewer', '--role', 'probe=user', '--expires', '1d'];
    const { stdout, said } = await run(authTokenCreateCommand, words, { format: 'json' });
    const created = JSON.parse(stdout);
    expect(created).toMatchObject({
      name: 'nightly',
      grants: { query: 'read', sla: 'VIEWER', probe: 'USER' },
      expires_at: '2026-03-02T12:00:00.000Z',
    });
    expect(await service.authenticate(created.token)).toMatchObject({ name: 'nightly' });
    expect(said).toEqual([expect.stringContaining('shown only now')]);
    expect((await run(authTokenListCommand, [])).stdout).not.toContain(created.token.slice(22));
  });

  test('as a block on a terminal the token comes first', async () => {
    const { run } = world();
    const { stdout } = await run(authTokenCreateCommand, ['--name', 'n', '--role', 'query=read'], { format: 'table' });
    expect(stdout).toMatch(/^token: +opst_\S+\nid: +\S+\nname: +n\nroles: +query=read\nexpires: +never\n$/);
  });

  test.each([
    [['--name', 'a b', '--role', 'query=read'], 'usage'],
    [['--name', 'n', '--role', 'query=reed'], 'usage'],
    [['--name', 'n', '--role', 'query=read', '--expires', '2020-01-01'], 'usage'],
    [['--name', 'nightly', '--role', 'query=read'], 'conflict'],
  ])('create %j is %s, and nothing is made', async (words, code) => {
    const { run, service } = world();
    await service.createToken({ name: 'nightly', grants: {} }, local);
    const { error } = await run(authTokenCreateCommand, words);
    expect([error?.code, (await service.tokens()).length]).toEqual([code, 1]);
  });

  test('the list tells their state', async () => {
    const { run, service } = world();
    const { id } = await service.createToken({ name: 'gone', grants: { query: 'read' } }, local);
    await service.revokeToken(id, local);
    await service.createToken({ name: 'used', grants: { sla: 'ADMIN' } }, local);
    const { stdout } = await run(authTokenListCommand, [], { format: 'table' });
    expect(stdout).toMatch(/\n\S+ +used +active +sla=ADMIN +never +never\n\S+ +gone +revoked +query=read/);
    expect((await run(authTokenListCommand, [], { format: 'name' })).stdout.split('\n')[1]).toBe(id);
  });

  test('revoke names what is lost; a no, a dry run and an unknown id change nothing', async () => {
    const { run, service } = world();
    const { id } = await service.createToken({ name: 'ci', grants: { query: 'write' } }, local);
    expect((await run(authTokenRevokeCommand, [id], { answer: false })).error?.code).toBe('declined');
    expect((await run(authTokenRevokeCommand, [id], { settings: { dryRun: true } })).said).toEqual([
      'note: dry run: token "ci" would be revoked',
    ]);
    expect((await run(authTokenRevokeCommand, ['nope'])).error?.exit).toBe(3);
    expect((await service.tokens())[0]?.revoked_at).toBeNull();
    const { asked, stdout } = await run(authTokenRevokeCommand, [id], { format: 'json' });
    expect(asked[0]).toContain(`revoke token "ci" (${id})`);
    expect(asked[0]).toContain('query=write');
    expect(JSON.parse(stdout)).toMatchObject({ id, revoked_at: '2026-03-01T12:00:00.000Z' });
    expect(await run(authTokenRevokeCommand, [id])).toMatchObject({ exit: 3, asked: [] });
  });
});

describe('accounts', () => {
  test('create asks for the password twice', async () => {
    const { run, questions, service } = world({ typed: [password, password] });
    const { stdout } = await run(authUserCreateCommand, ['alice', '--role', 'query=admin'], { format: 'json' });
    expect(questions).toEqual(['Password for alice: ', 'The same again: ']);
    expect(JSON.parse(stdout)).toMatchObject({ username: 'alice', email: null, grants: { query: 'admin' } });
    await service.login({ username: 'alice', password }, { address: '' });
  });

  test.each([
    ['with its newline', `${password}\n`],
    ['with that of another system', `${password}\r\n`],
    ['without', password],
  ])('create takes the password from stdin %s', async (_, text) => {
    const { run, service } = world();
    const { error } = await run(authUserCreateCommand, ['alice', '--password-stdin'], { files: { '-': text } });
    expect(error).toBeUndefined();
    await service.login({ username: 'alice', password }, { address: '' });
  });

  test.each<readonly [string, readonly string[], World, readonly string[]]>([
    ['two passwords that differ', ['alice'], {}, [password, `${password}!`]],
    ['a short password', ['alice'], {}, ['short', 'short']],
    ['nobody to ask', ['alice'], {}, []],
    ['an empty stdin', ['alice', '--password-stdin'], { files: { '-': '\n' } }, []],
    ['two lines', ['alice', '--password-stdin'], { files: { '-': `${password}\n${password}\n` } }, []],
    ['a flood', ['alice', '--password-stdin'], { files: { '-': 'x'.repeat(9_000) } }, []],
    ['a terminal as stdin', ['alice', '--password-stdin'], { stdinIsTerminal: true }, []],
    ['no name', ['a b'], {}, [password, password]],
    ['no address', ['alice', '--email', 'alice'], {}, [password, password]],
  ])('create with %s is exit 2, and nothing is made', async (_, words, more, typed) => {
    const { run, service } = world({ typed });
    const { exit, error } = await run(authUserCreateCommand, words, more);
    expect([exit, await service.accounts()]).toEqual([2, []]);
    expect(`${error?.message} ${error?.hint}`).not.toContain(password);
  });

  test('grant gives a role, revoke takes it', async () => {
    const { run, service } = world();
    await service.createAccount(alice, local);
    const granted = await run(authUserGrantCommand, ['ALICE', 'sla=viewer'], { format: 'json' });
    expect(JSON.parse(granted.stdout).grants).toEqual({ query: 'admin', sla: 'VIEWER' });
    expect((await run(authUserRevokeCommand, ['alice', 'sla=ADMIN'])).exit).toBe(3);
    expect((await run(authUserRevokeCommand, ['alice', 'probe'])).exit).toBe(3);
    const revoked = await run(authUserRevokeCommand, ['alice', 'query'], { format: 'json' });
    expect([JSON.parse(revoked.stdout).grants, revoked.asked]).toEqual([{ sla: 'VIEWER' }, []]);
    expect((await run(authUserListCommand, [], { format: 'table' })).stdout).toMatch(/\nalice +sla=VIEWER/);
  });

  test('the last role asks, for the account goes with it', async () => {
    const { run, service } = world();
    await service.createAccount(alice, local);
    expect((await run(authUserRevokeCommand, ['alice', 'query'], { answer: false })).exit).toBe(12);
    expect(await service.accounts()).toHaveLength(1);
    const { stdout, asked } = await run(authUserRevokeCommand, ['alice', 'query=admin']);
    expect([stdout, asked.length, await service.accounts()]).toEqual(['', 1, []]);
  });

  test('delete asks, and prints nothing', async () => {
    const { run, service } = world();
    await service.createAccount(alice, local);
    expect((await run(authUserDeleteCommand, ['alice'], { answer: false })).exit).toBe(12);
    expect((await run(authUserDeleteCommand, ['bob'])).exit).toBe(3);
    const { stdout, asked } = await run(authUserDeleteCommand, ['alice']);
    expect([stdout, asked[0]?.includes('query=admin'), await service.accounts()]).toEqual(['', true, []]);
  });
});

test.each<readonly [(ctx: Context) => Command, readonly string[]]>([
  [authTokenCreateCommand, ['--name', 'n', '--role', 'query=read']],
  [authTokenRevokeCommand, ['x']],
  [authUserCreateCommand, ['bob']],
  [authUserGrantCommand, ['alice', 'sla=ADMIN']],
  [authUserRevokeCommand, ['alice', 'query']],
  [authUserDeleteCommand, ['alice']],
])('a read-only context refuses a change before anybody is asked', async (make, words) => {
  const { run, questions, audit } = world({ typed: [password, password] });
  const { error, asked } = await run(make, words, { settings: { readOnly: true } });
  expect([error?.reason, asked, questions, await audit()]).toEqual(['read_only_context', [], [], []]);
});

describe('at a server', () => {
  test('login keeps the session, and does not show it', async () => {
    const { run, service, questions } = world({ typed: [password] });
    await service.createAccount(alice, local);
    const { other, kept } = server(anonymous);
    const { stdout } = await run(authLoginCommand, [], { other, env: { USER: 'alice' }, format: 'json' });
    expect(questions).toEqual(['Password of alice at https://ops.example.com: ']);
    expect(JSON.parse(stdout)).toEqual({
      server: 'https://ops.example.com',
      username: 'alice',
      grants: { query: 'admin' },
      expires_at: '2026-03-02T00:00:00.000Z',
    });
    expect(await service.authenticate(kept[0] ?? '')).toMatchObject({ kind: 'session' });
  });

  test('a login that fails keeps nothing', async () => {
    const { run } = world({ typed: ['wrong'] });
    const { other, kept } = server(anonymous);
    expect((await run(authLoginCommand, ['--username', 'eve'], { other })).exit).toBe(4);
    expect((await run(authLoginCommand, [], { other })).exit).toBe(2);
    expect(kept).toEqual([]);
  });

  test('login warns where another credential is used before the session', async () => {
    const { run, service } = world({ typed: [password] });
    await service.createAccount(alice, local);
    const origin: KeyOrigin = { origin: 'environment', from: 'OPS_TOKEN', value: '***', overridden: [] };
    const origins = new Map([['token', origin]]);
    const { said } = await run(authLoginCommand, ['--username', 'alice'], {
      ...server(anonymous),
      settings: { origins },
    });
    expect(said.at(-1)).toBe('warn: OPS_TOKEN is set, and is used before any session');
  });

  test.each<readonly [string, WhoAmI | OpsError, number, readonly string[], number]>([
    ['a session', session, 204, ['POST /ops/v1/auth/logout'], 0],
    ['nobody', anonymous, 204, [], 0],
    ['a session that has expired', new OpsError('unauthenticated', 'unknown'), 204, [], 0],
    ['a server that is not there', new OpsError('unavailable', 'refused'), 204, [], 6],
    ['a server that stumbles', session, 500, ['POST /ops/v1/auth/logout'], 6],
  ])('logout of %s forgets the session here', async (_, who, status, expected, exit) => {
    const { other, kept, sent } = server(who, status);
    const ran = await world().run(authLogoutCommand, [], { other });
    expect([ran.exit, kept, sent, ran.stdout]).toEqual([exit, [undefined], expected, '']);
  });

  test('status tells who, where, and how long a token lasts', async () => {
    const { run, service } = world();
    await service.createToken({ name: 'ci', grants: {}, expires_at: '2026-04-01T00:00:00Z' }, local);
    const { other } = server({ kind: 'token', name: 'ci', grants: { query: 'admin' } });
    const { stdout } = await run(authStatusCommand, [], { other, format: 'json' });
    expect(JSON.parse(stdout)).toEqual({
      kind: 'token',
      name: 'ci',
      grants: { query: 'admin' },
      server: 'https://ops.example.com',
      expires_at: '2026-04-01T00:00:00.000Z',
    });
  });

  test('status of nobody says how to become somebody', async () => {
    const { said, exit } = await world().run(authStatusCommand, [], server(anonymous));
    expect([exit, said.join()]).toEqual([0, expect.stringContaining('ops auth login')]);
  });
});

describe('on this machine', () => {
  test('status is that of local', async () => {
    const { stdout } = await world().run(authStatusCommand, [], { format: 'json' });
    expect(JSON.parse(stdout)).toEqual({
      kind: 'local',
      name: 'local',
      grants: allGrants,
      server: null,
      expires_at: null,
    });
  });

  test.each([[authLoginCommand], [authLogoutCommand]])('there is nothing to log in to', async (make) => {
    const { exit, error } = await world().run(make, []);
    expect([exit, error?.message]).toEqual([2, expect.stringContaining('local commands need no login')]);
  });
});
