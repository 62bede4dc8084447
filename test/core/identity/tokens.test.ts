import { describe, expect, test } from 'vitest';
import { actor, identityWorld, local } from './identity-world.js';

const grants = { query: 'read' } as const;
const nightly = { name: 'nightly', grants };
const dayMs = 86_400_000;

describe('a new token', () => {
  test('opens as what it was made for, and its secret is kept nowhere', async () => {
    const { service, store } = identityWorld();
    const { token, ...listed } = await service.createToken(nightly, local);
    expect(token).toMatch(/^opst_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/);
    expect(await service.tokens()).toEqual([listed]);
    expect(listed).toMatchObject({
      name: 'nightly',
      created_at: '2026-03-01T12:00:00.000Z',
      expires_at: null,
      last_used_at: null,
      revoked_at: null,
    });
    expect(await service.authenticate(token)).toEqual({ kind: 'token', name: 'nightly', grants });
    const secret = token.slice(22);
    expect(JSON.stringify([await store.tokens(), await service.tokens()])).not.toContain(secret);
  });

  test('is written down with who made it, in a row without its secret', async () => {
    const { service, audit } = identityWorld();
    const { id, token } = await service.createToken(nightly, local);
    const rows = await audit();
    expect(rows).toEqual([
      {
        type: 'audit.write',
        subject: 'token nightly',
        actor: 'local',
        kind: 'local',
        action: 'token.create',
        outcome: 'ok',
        request_id: 'r-1',
        token_id: id,
        grants,
        expires_at: null,
      },
    ]);
    expect(JSON.stringify(rows)).not.toContain(token.slice(22));
  });

  test('cannot do more than whoever makes it', async () => {
    const { service, audit } = identityWorld();
    const wanted = { name: 'n', grants: { query: 'admin' } } as const;
    await expect(service.createToken(wanted, actor({ query: 'write', sla: 'ADMIN' }))).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('query=admin'),
    });
    expect([await service.tokens(), await audit()]).toEqual([[], []]);
    await service.createToken(wanted, actor({ query: 'admin' }));
  });

  test.each([
    ['2026-03-01T12:00:00Z', 'usage'],
    ['2026-03-01T13:00:00+02:00', 'usage'],
    ['2026-03-01T12:00:00.001Z', undefined],
  ])('that ends at %s is %s', async (expires_at, code) => {
    const { service } = identityWorld();
    const made = service.createToken({ ...nightly, expires_at }, local);
    if (code === undefined) expect((await made).expires_at).toBe(expires_at);
    else await expect(made).rejects.toMatchObject({ code });
  });
});

describe('a token opens nothing', () => {
  test('from the instant of its end on', async () => {
    const { service, clock } = identityWorld();
    const { token } = await service.createToken({ ...nightly, expires_at: '2026-03-02T14:00:00+02:00' }, local);
    clock.advance(dayMs - 1);
    expect(await service.authenticate(token)).toBeDefined();
    clock.advance(1);
    expect(await service.authenticate(token)).toBeUndefined();
  });

  test('once it is revoked', async () => {
    const { service, audit } = identityWorld();
    const { id, token } = await service.createToken(nightly, local);
    expect(await service.revokeToken(id, local)).toMatchObject({ id, revoked_at: '2026-03-01T12:00:00.000Z' });
    expect(await service.authenticate(token)).toBeUndefined();
    expect((await audit()).at(-1)).toMatchObject({ subject: 'token nightly', action: 'token.revoke', token_id: id });
    await expect(service.revokeToken(id, local)).rejects.toMatchObject({ code: 'not_found' });
    await expect(service.revokeToken('unknown', local)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('with another secret, as a session, or mangled', async () => {
    const { service } = identityWorld();
    const { token } = await service.createToken(nightly, local);
    const other = await service.createToken({ ...nightly, name: 'other' }, local);
    const last = token.endsWith('A') ? 'B' : 'A';
    for (const wrong of [
      token.slice(0, 22) + other.token.slice(22),
      token.slice(0, -1) + last,
      token.replace('opst', 'opss'),
      token.toUpperCase(),
      `${token} `,
      '',
    ])
      expect(await service.authenticate(wrong)).toBeUndefined();
  });
});

test('a token is revoked only by whoever has its roles', async () => {
  const { service } = identityWorld();
  const { id } = await service.createToken({ name: 'n', grants: { sla: 'ADMIN' } }, local);
  await expect(service.revokeToken(id, actor({ query: 'admin' }))).rejects.toMatchObject({ code: 'forbidden' });
  await service.revokeToken(id, actor({ sla: 'ADMIN' }));
});

test('its last use is told once a minute', async () => {
  const { service, store, clock } = identityWorld();
  let told = 0;
  const touch = store.touchToken;
  store.touchToken = (id, at) => {
    told++;
    return touch(id, at);
  };
  const { token } = await service.createToken(nightly, local);
  clock.advance(30_000);
  for (let use = 0; use < 5; use++) await service.authenticate(token);
  expect([told, (await service.tokens())[0]?.last_used_at]).toEqual([1, '2026-03-01T12:00:00.000Z']);
  clock.advance(30_000);
  await service.authenticate(token);
  expect([told, (await service.tokens())[0]?.last_used_at]).toEqual([2, '2026-03-01T12:01:00.000Z']);
});

test('a store that cannot be written locks nobody out', async () => {
  const { service, store } = identityWorld();
  const { token } = await service.createToken(nightly, local);
  store.touchToken = () => Promise.reject(new Error('read-only'));
  expect(await service.authenticate(token)).toMatchObject({ name: 'nightly' });
});
