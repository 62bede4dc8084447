import { describe, expect, test } from 'vitest';
import { actor, identityWorld, local, password } from './identity-world.js';

const alice = { username: 'alice', email: 'alice@example.com', password, grants: { query: 'admin' } } as const;

describe('an account', () => {
  test('is listed without its password, and so is it written down', async () => {
    const { service, store, audit } = identityWorld();
    const made = await service.createAccount(alice, local);
    expect(made).toEqual({
      username: 'alice',
      email: 'alice@example.com',
      grants: { query: 'admin' },
      created_at: '2026-03-01T12:00:00.000Z',
    });
    expect(await service.accounts()).toEqual([made]);
    expect((await store.account('alice'))?.passwordHash).toBe(`hash of ${password}`);
    const rows = await audit();
    expect(rows).toMatchObject([{ subject: 'account alice', action: 'account.create', grants: { query: 'admin' } }]);
    expect(JSON.stringify(rows)).not.toContain(password);
  });

  test('is one per person', async () => {
    const { service } = identityWorld();
    await service.createAccount(alice, local);
    await expect(service.createAccount({ ...alice, username: 'ALICE' }, local)).rejects.toMatchObject({
      code: 'conflict',
      hint: expect.stringContaining('ops auth user grant alice'),
    });
  });

  test('is made, changed and deleted only by whoever has its roles', async () => {
    const { service } = identityWorld();
    const reader = actor({ query: 'read', sla: 'ADMIN' });
    await expect(service.createAccount(alice, reader)).rejects.toMatchObject({ code: 'forbidden' });
    await service.createAccount(alice, local);
    await expect(service.grant('alice', 'probe', 'USER', reader)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(service.grant('alice', 'query', 'read', reader)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(service.revoke('alice', 'query', reader)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(service.deleteAccount('alice', reader)).rejects.toMatchObject({ code: 'forbidden' });
    expect((await service.accounts())[0]?.grants).toEqual({ query: 'admin' });
    expect((await service.grant('alice', 'sla', 'VIEWER', reader)).grants).toEqual({ query: 'admin', sla: 'VIEWER' });
  });

  test('is named by its username, not by its address', async () => {
    const { service } = identityWorld();
    await service.createAccount(alice, local);
    const wrong = { code: 'not_found' };
    await expect(service.deleteAccount('alice@example.com', local)).rejects.toMatchObject(wrong);
    await expect(service.grant('bob', 'query', 'read', local)).rejects.toMatchObject(wrong);
    await service.deleteAccount('Alice', local);
    await expect(service.deleteAccount('alice', local)).rejects.toMatchObject(wrong);
  });
});

describe('roles', () => {
  test('are one per area; the last one takes the account along', async () => {
    const { service, audit } = identityWorld();
    await service.createAccount(alice, local);
    await service.grant('alice', 'query', 'read', local);
    await service.grant('alice', 'query', 'read', local);
    expect((await service.grant('alice', 'probe', 'ADMIN', local)).grants).toEqual({ query: 'read', probe: 'ADMIN' });
    expect((await service.revoke('alice', 'query', local))?.grants).toEqual({ probe: 'ADMIN' });
    await expect(service.revoke('alice', 'query', local)).rejects.toMatchObject({ code: 'not_found' });
    expect(await service.revoke('alice', 'probe', local)).toBeUndefined();
    expect(await service.accounts()).toEqual([]);
    expect((await audit()).slice(1)).toMatchObject([
      { action: 'account.grant', area: 'query', role: 'read', before: 'admin' },
      { action: 'account.grant', area: 'probe', role: 'ADMIN', before: null },
      { action: 'account.revoke', area: 'query', role: 'read' },
      { action: 'account.revoke', area: 'probe', role: 'ADMIN' },
    ]);
  });

  test('that somebody else changes meanwhile are not undone', async () => {
    const { service, store } = identityWorld();
    await service.createAccount(alice, local);
    const setGrants = store.setGrants;
    store.setGrants = async (username, change, events) => {
      store.setGrants = setGrants;
      await service.revoke('alice', 'query', local);
      await service.createAccount({ ...alice, grants: { sla: 'VIEWER' } }, local);
      return setGrants(username, change, events);
    };
    expect((await service.grant('alice', 'probe', 'USER', local)).grants).toEqual({ sla: 'VIEWER', probe: 'USER' });
  });
});

test.each([
  [
    'an account',
    async ({ service }: ReturnType<typeof identityWorld>) => void (await service.createAccount(alice, local)),
    true,
  ],
  [
    'a token',
    async ({ service }) => void (await service.createToken({ name: 'n', grants: { query: 'read' } }, local)),
    true,
  ],
  [
    'a revoked token',
    async ({ service }) => {
      const { id } = await service.createToken({ name: 'n', grants: { query: 'read' } }, local);
      await service.revokeToken(id, local);
    },
    false,
  ],
] satisfies readonly (readonly [string, (world: ReturnType<typeof identityWorld>) => Promise<void>, boolean])[])(
  'with %s somebody is in the area: its door counts as used',
  async (_, make, there) => {
    const world = identityWorld();
    expect(await world.service.hasAnybody('query')).toBe(false);
    await make(world);
    expect([await world.service.hasAnybody('query'), await world.service.hasAnybody('sla')]).toEqual([there, false]);
  },
);
