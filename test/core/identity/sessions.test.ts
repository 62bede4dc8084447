import { describe, expect, test } from 'vitest';
import { identityWorld, local, password } from './identity-world.js';

const grants = { query: 'read' } as const;
const alice = { username: 'Alice', email: 'alice@example.com', password, grants } as const;
const from = { address: '192.0.2.7', requestId: 'r-9' };
const minuteMs = 60_000;

const withAlice = async (...options: Parameters<typeof identityWorld>) => {
  const world = identityWorld(...options);
  await world.service.createAccount(alice, local);
  const login = (username = 'alice', secret = password, address = from.address) =>
    world.service.login({ username, password: secret }, { ...from, address });
  const outcome = (...args: Parameters<typeof login>): Promise<string> =>
    login(...args).then(
      () => 'ok',
      (error: { readonly code: string }) => error.code,
    );
  return { ...world, login, outcome };
};

describe('a session', () => {
  test('opens with the roles of this moment, for twelve hours', async () => {
    const { service, clock, login, audit } = await withAlice();
    const session = await login('ALICE@example.com');
    expect(session).toMatchObject({ username: 'Alice', grants, expires_at: '2026-03-02T00:00:00.000Z' });
    expect(await service.authenticate(session.token)).toEqual({ kind: 'session', name: 'Alice', grants });
    await service.grant('alice', 'query', 'admin', local);
    expect(await service.authenticate(session.token)).toMatchObject({ grants: { query: 'admin' } });
    expect((await audit())[1]).toMatchObject({
      type: 'audit.write',
      subject: 'account Alice',
      actor: 'Alice',
      kind: 'session',
      action: 'session.create',
      request_id: 'r-9',
    });
    clock.advance(12 * 60 * minuteMs);
    expect(await service.authenticate(session.token)).toBeUndefined();
  });

  test('ends with the account, also where a new one takes the name', async () => {
    const { service, login } = await withAlice();
    const { token } = await login();
    await service.deleteAccount('alice', local);
    await service.createAccount(alice, local);
    expect(await service.authenticate(token)).toBeUndefined();
  });

  test('ends at the logout, which only its secret opens', async () => {
    const { service, login, audit } = await withAlice();
    const [one, two] = [await login(), await login()];
    for (const none of [
      '',
      'nonsense',
      one.token.slice(0, 22) + two.token.slice(22),
      one.token.replace('opss', 'opst'),
    ])
      await service.logout(none);
    expect(await service.authenticate(one.token)).toBeDefined();
    await service.logout(one.token);
    await service.logout(one.token);
    expect(await service.authenticate(one.token)).toBeUndefined();
    expect(await service.authenticate(two.token)).toBeDefined();
    expect((await audit()).filter((row) => Object(row).action === 'session.delete')).toHaveLength(1);
  });
});

describe('a failed login', () => {
  test.each([
    ['a wrong password', 'alice', 'wrong'],
    ['an unknown name', 'mallory', 'wrong'],
    ['the password of another', 'mallory', password],
  ])('with %s says the same, and verifies one password', async (_, username, secret) => {
    const { login, verified } = await withAlice();
    await expect(login(username, secret)).rejects.toMatchObject({
      code: 'unauthenticated',
      message: 'wrong username or password',
    });
    expect(verified).toHaveLength(1);
  });

  test('is written down without the password, its name cut', async () => {
    const { outcome, audit } = await withAlice();
    await outcome('x'.repeat(254), 'a secret typed in haste');
    const last = (await audit()).at(-1);
    expect(last).toEqual({
      type: 'audit.login_failed',
      subject: `account ${'x'.repeat(128)}`,
      actor: 'x'.repeat(128),
      kind: 'anonymous',
      action: 'session.create',
      outcome: 'refused',
      request_id: 'r-9',
      address: '192.0.2.7',
    });
  });
});

describe('too many failures', () => {
  test('of a name are five, from wherever, however it is spelled; then even the right password has to wait', async () => {
    const { outcome, login, clock, verified, audit } = await withAlice();
    for (let n = 0; n < 5; n++) {
      expect(await outcome(n % 2 === 0 ? 'alice' : 'ALICE', 'wrong', `192.0.2.${n}`)).toBe('unauthenticated');
      clock.advance(minuteMs);
    }
    const [tried, written] = [verified.length, (await audit()).length];
    await expect(login('Alice', password, '198.51.100.1')).rejects.toMatchObject({
      code: 'limit_exceeded',
      reason: 'too_many_requests',
      details: { retryAfterSeconds: 600 },
    });
    expect([verified.length, (await audit()).length]).toEqual([tried, written]);
    clock.advance(10 * minuteMs - 1);
    expect(await outcome()).toBe('limit_exceeded');
    clock.advance(1);
    expect(await outcome()).toBe('ok');
  });

  test('of an address are twenty, whatever the names', async () => {
    const { outcome } = await withAlice();
    for (let n = 0; n < 20; n++) expect(await outcome(`guess-${n}`, 'wrong')).toBe('unauthenticated');
    expect(await outcome('another', 'wrong')).toBe('limit_exceeded');
    expect(await outcome()).toBe('limit_exceeded');
    expect(await outcome('alice', password, '198.51.100.1')).toBe('ok');
  });

  test('are counted too where they come at once', async () => {
    const { outcome, verified } = await withAlice();
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => outcome('alice', 'wrong')));
    expect(outcomes.filter((each) => each === 'unauthenticated')).toHaveLength(5);
    expect(outcomes.filter((each) => each === 'limit_exceeded')).toHaveLength(7);
    expect(verified).toHaveLength(5);
  });

  test('are forgotten for a name that got in, not for its address', async () => {
    const { outcome } = await withAlice();
    for (let n = 0; n < 16; n++) expect(await outcome(`guess-${n}`, 'wrong')).toBe('unauthenticated');
    for (let n = 0; n < 4; n++) expect(await outcome('alice', 'wrong', `198.51.100.${n}`)).toBe('unauthenticated');
    expect(await outcome()).toBe('ok');
    for (let n = 0; n < 4; n++) expect(await outcome('alice', 'wrong')).toBe('unauthenticated');
    expect(await outcome()).toBe('limit_exceeded');
    expect(await outcome('alice', password, '198.51.100.9')).toBe('ok');
  });
});

test('four passwords are verified at once, 64 wait, more are refused', async () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let running = 0;
  let most = 0;
  const { outcome } = await withAlice({
    passwords: {
      verify: async () => {
        most = Math.max(most, ++running);
        await opened;
        running--;
        return false;
      },
    },
  });
  const outcomes = Array.from({ length: 80 }, (_, n) => outcome(`guess-${n}`, 'wrong', `192.0.2.${n}`));
  setImmediate(open);
  const codes = await Promise.all(outcomes);
  expect(most).toBe(4);
  expect(codes.filter((code) => code === 'limit_exceeded')).toHaveLength(80 - 68);
});
