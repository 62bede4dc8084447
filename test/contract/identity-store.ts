import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StoredAccount, StoredSession, StoredToken } from '../../src/core/identity/index.js';
import type { OpsEvent } from '../../src/core/shared/index.js';
import type { OpenedStore } from './stores.js';

const dayMs = 86_400_000;
const hashOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

/** What every identity store promises. */
export const identityStoreContract = (open: () => OpenedStore): void => {
  let store: OpenedStore;
  beforeEach(() => {
    store = open();
  });
  afterEach(() => store.close());

  const now = (): Date => store.clock.now();
  const later = (ms: number): Date => new Date(now().getTime() + ms);
  const event = (subject: string): OpsEvent => ({ type: 'audit.write', subject, at: now(), payload: {} });
  const subjects = async () => (await store.events.after(0, 100)).map(({ subject }) => subject);
  const token = (id: string, rest: Partial<StoredToken> = {}): StoredToken => ({
    id,
    name: `name-${id}`,
    secretHash: hashOf(7),
    grants: { query: 'read', sla: 'VIEWER' },
    createdAt: now(),
    expiresAt: undefined,
    lastUsedAt: undefined,
    revokedAt: undefined,
    ...rest,
  });
  const account = (username: string, rest: Partial<StoredAccount> = {}): StoredAccount => ({
    username,
    email: undefined,
    passwordHash: '$argon2id$',
    grants: { query: 'admin' },
    createdAt: now(),
    ...rest,
  });
  const session = (id: string, username: string, rest: Partial<StoredSession> = {}): StoredSession => ({
    id,
    username,
    secretHash: hashOf(9),
    createdAt: now(),
    expiresAt: later(dayMs / 2),
    ...rest,
  });
  const { addToken, addAccount, addSession } = {
    addToken: (it: StoredToken) => store.identity.addToken(it, [event(`token ${it.name}`)]),
    addAccount: (it: StoredAccount) => store.identity.addAccount(it, [event(`account ${it.username}`)]),
    addSession: (it: StoredSession) => store.identity.addSession(it, [event(`session ${it.id}`)]),
  };

  describe('tokens', () => {
    test('nothing stored is nothing found', async () => {
      expect([await store.identity.tokens(), await store.identity.token('a')]).toEqual([[], undefined]);
    });

    test('come back as they were, newest first', async () => {
      const first = token('a', { expiresAt: later(dayMs), grants: {} });
      await addToken(first);
      await addToken(token('b'));
      store.clock.advance(1);
      const last = token('c');
      await addToken(last);
      expect(await store.identity.token('a')).toEqual(first);
      expect((await store.identity.tokens()).map(({ id }) => id)).toEqual(['c', 'b', 'a']);
      expect(await store.identity.token('c')).toEqual(last);
    });

    test('a name is taken until its token is revoked, and what is refused leaves no event', async () => {
      await addToken(token('a', { name: 'nightly' }));
      await expect(addToken(token('b', { name: 'nightly' }))).rejects.toMatchObject({
        code: 'conflict',
        hint: expect.stringContaining('ops auth token revoke a'),
      });
      expect(await subjects()).toEqual(['token nightly']);
      await addToken(token('c', { name: 'Nightly' }));
      expect(await store.identity.revokeToken('a', now(), [])).toBe(true);
      await addToken(token('b', { name: 'nightly' }));
    });

    test('are revoked once', async () => {
      await addToken(token('a'));
      store.clock.advance(1_000);
      expect(await store.identity.revokeToken('a', now(), [event('gone')])).toBe(true);
      expect((await store.identity.token('a'))?.revokedAt).toEqual(now());
      expect(await store.identity.revokeToken('a', later(1), [event('twice')])).toBe(false);
      expect(await store.identity.revokeToken('b', now(), [event('unknown')])).toBe(false);
      expect((await store.identity.token('a'))?.revokedAt).toEqual(now());
      expect(await subjects()).toEqual(['token name-a', 'gone']);
    });

    test('their last use never moves back', async () => {
      await addToken(token('a'));
      await store.identity.touchToken('a', later(60_000));
      await store.identity.touchToken('a', now());
      await store.identity.touchToken('unknown', now());
      expect((await store.identity.token('a'))?.lastUsedAt).toEqual(later(60_000));
    });
  });

  describe('accounts', () => {
    test('come back as they were, by username, whatever the case', async () => {
      const zoe = account('Zoe', { email: 'zoe@example.com' });
      for (const each of [zoe, account('bob'), account('Alice')]) await addAccount(each);
      expect((await store.identity.accounts()).map(({ username }) => username)).toEqual(['Alice', 'bob', 'Zoe']);
      for (const name of ['Zoe', 'ZOE', 'zoe@example.com', 'Zoe@Example.com'])
        expect(await store.identity.account(name)).toEqual(zoe);
      expect(await store.identity.account('zo')).toBeUndefined();
      expect(await store.identity.account('%')).toBeUndefined();
    });

    test.each([
      ['the name', 'ALICE', undefined],
      ['the address', 'other', 'ALICE@example.com'],
      ['a name that is an address', 'alice@example.com', undefined],
      ['an address that is a name', 'other', 'bob@example.com'],
    ])('%s of another account is a conflict, and nothing is stored', async (_, username, email) => {
      await addAccount(account('alice', { email: 'alice@example.com' }));
      await addAccount(account('bob@example.com'));
      await expect(addAccount(account(username, { email }))).rejects.toMatchObject({
        code: 'conflict',
        hint: expect.stringContaining('ops auth user grant'),
      });
      expect(await store.identity.accounts()).toHaveLength(2);
      expect(await subjects()).toEqual(['account alice', 'account bob@example.com']);
    });

    test('two accounts may be without an address', async () => {
      await addAccount(account('a'));
      await addAccount(account('b'));
      expect(await store.identity.accounts()).toHaveLength(2);
    });

    test('roles change only from what they are said to be', async () => {
      await addAccount(account('alice', { grants: { sla: 'ADMIN', query: 'read' } }));
      const to = { query: 'write' } as const;
      const change = (from: StoredAccount['grants'], name = 'alice') =>
        store.identity.setGrants(name, { from, to }, [event('changed')]);
      expect(await change({ query: 'read' })).toBe(false);
      expect(await change({ query: 'read', sla: 'ADMIN' }, 'unknown')).toBe(false);
      expect(await change({ query: 'read', sla: 'ADMIN' }, 'ALICE')).toBe(true);
      expect((await store.identity.account('alice'))?.grants).toEqual(to);
      expect(await subjects()).toEqual(['account alice', 'changed']);
    });

    test('an account goes with its last role, and its sessions with it', async () => {
      await addAccount(account('alice'));
      await addSession(session('s', 'alice'));
      expect(await store.identity.setGrants('alice', { from: { query: 'admin' }, to: {} }, [])).toBe(true);
      await addAccount(account('alice'));
      expect(await store.identity.session('s')).toBeUndefined();
    });

    test('an account is removed once, with its sessions and nobody else’s', async () => {
      for (const name of ['alice', 'bob']) {
        await addAccount(account(name));
        await addSession(session(`s-${name}`, name));
      }
      expect(await store.identity.removeAccount('ALICE', [event('removed')])).toBe(true);
      expect(await store.identity.removeAccount('alice', [event('again')])).toBe(false);
      expect(await store.identity.session('s-alice')).toBeUndefined();
      expect(await store.identity.session('s-bob')).toBeDefined();
      expect((await subjects()).slice(4)).toEqual(['removed']);
    });

    test('a new password ends the sessions', async () => {
      await addAccount(account('alice'));
      await addSession(session('s', 'alice'));
      expect(await store.identity.setPassword('Alice', 'new', [event('password')])).toBe(true);
      expect(await store.identity.setPassword('nobody', 'new', [event('password')])).toBe(false);
      expect((await store.identity.account('alice'))?.passwordHash).toBe('new');
      expect(await store.identity.session('s')).toBeUndefined();
      expect((await subjects()).filter((subject) => subject === 'password')).toHaveLength(1);
    });
  });

  describe('sessions', () => {
    test('come back as they were, under the name as the account has it', async () => {
      await addAccount(account('Alice'));
      const one = session('s', 'alice');
      expect(await addSession(one)).toBe(true);
      expect(await store.identity.session('s')).toEqual({ ...one, username: 'Alice' });
    });

    test('need an account', async () => {
      expect(await addSession(session('s', 'nobody'))).toBe(false);
      expect([await store.identity.session('s'), await subjects()]).toEqual([undefined, []]);
    });

    test('end once', async () => {
      await addAccount(account('alice'));
      await addSession(session('s', 'alice'));
      expect(await store.identity.removeSession('s', [event('out')])).toBe(true);
      expect(await store.identity.removeSession('s', [event('out')])).toBe(false);
      expect(await subjects()).toEqual(['account alice', 'session s', 'out']);
    });
  });

  test('the sweep forgets dead sessions, and tokens that have been of no use for 90 days', async () => {
    await addAccount(account('alice'));
    await addSession(session('s-old', 'alice', { expiresAt: later(dayMs) }));
    await addSession(session('s-new', 'alice', { expiresAt: later(91 * dayMs) }));
    await addToken(token('forever'));
    await addToken(token('expired', { expiresAt: later(1) }));
    await addToken(token('expires-later', { expiresAt: later(2 * dayMs) }));
    await addToken(token('revoked'));
    await addToken(token('revoked-though-long', { expiresAt: later(900 * dayMs) }));
    for (const id of ['revoked', 'revoked-though-long']) await store.identity.revokeToken(id, later(1), []);
    expect(await store.identity.sweepIdentity(now())).toBe(0);
    store.clock.advance(90 * dayMs + 2);
    expect(await store.identity.sweepIdentity(now())).toBe(4);
    expect((await store.identity.tokens()).map(({ id }) => id)).toEqual(['expires-later', 'forever']);
    expect([await store.identity.session('s-old'), (await store.identity.session('s-new'))?.id]).toEqual([
      undefined,
      's-new',
    ]);
  });

  test('an event that changes nothing is recorded', async () => {
    await store.identity.record([event('account eve')]);
    await store.identity.record([]);
    expect(await subjects()).toEqual(['account eve']);
  });
};
