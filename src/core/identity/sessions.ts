import { OpsError } from '../../base/errors.js';
import type { Principal } from '../shared/index.js';
import { auditLoginFailed, auditWrite } from './audit.js';
import { type Credential, isSecret, newCredential, parseCredential } from './credential.js';
import type { IdentityService } from './identity-service.js';
import { loginGuard } from './login-guard.js';
import type { Login, Session } from './model.js';
import type { IdentityDeps, StoredAccount, StoredSession } from './ports.js';
import type { Turnstile } from './turnstile.js';

type Sessions = Pick<IdentityService, 'login' | 'logout'> & {
  /** The person behind a session. */
  holder(credential: Credential): Promise<Principal | undefined>;
};

/** A working day with some overtime. */
const sessionMs = 12 * 3_600_000;

const wrong = (): OpsError =>
  new OpsError(
    'unauthenticated',
    'wrong username or password',
    'check both; an administrator sees the accounts with `ops auth user list`',
    { reason: 'unauthorized' },
  );

/** Logging in and out. */
export const sessionCases = (
  { store, passwords, clock, newId, randomBytes }: IdentityDeps,
  { hashing }: { readonly hashing: Turnstile },
): Sessions => {
  const guard = loginGuard(clock);

  /** What an unknown name is verified against, so that the time it takes does not tell that it is unknown. */
  let nobodys: string | undefined;
  const nobodysHash = async (): Promise<string> => {
    nobodys ??= await passwords.hash(Buffer.from(randomBytes(32)).toString('base64url'));
    return nobodys;
  };

  const verified = async ({ username, password }: Login): Promise<StoredAccount | undefined> => {
    // Made for known names too: else the first login of a process would tell.
    const otherwise = await nobodysHash();
    const account = await store.account(username);
    const isRight = await passwords.verify(account?.passwordHash ?? otherwise, password);
    return isRight ? account : undefined;
  };

  /** The logins of one name follow one another, so that guesses sent at once are counted like those sent in turn. */
  const attempt = (login: Login, address: string): Promise<StoredAccount | undefined> => {
    const name = login.username.toLowerCase();
    guard.check(name, address);
    return hashing.pass(async () => {
      guard.check(name, address);
      const account = await verified(login);
      if (account) guard.succeeded(name);
      else guard.failed(name, address);
      return account;
    }, name);
  };

  const open = async (account: StoredAccount, requestId: string): Promise<Session> => {
    const now = clock.now();
    const { id, text, secretHash } = newCredential('session', randomBytes);
    const { username, grants } = account;
    const session: StoredSession = {
      id,
      username,
      secretHash,
      createdAt: now,
      expiresAt: new Date(now.getTime() + sessionMs),
    };
    const event = auditWrite({
      action: 'session.create',
      subject: `account ${username}`,
      actor: { principal: { kind: 'session', name: username, grants }, requestId },
      at: now,
      newId,
      detail: { session_id: id },
    });
    await store.sweepIdentity(now);
    if (!(await store.addSession(session, [event]))) throw wrong();
    return { token: text, username, grants, expires_at: session.expiresAt.toISOString() };
  };

  return {
    login: async (login, { address, requestId = newId() }) => {
      const account = await attempt(login, address);
      if (account) return open(account, requestId);
      await store.record([auditLoginFailed({ username: login.username, address, requestId, at: clock.now() })]);
      throw wrong();
    },

    logout: async (credential) => {
      const parsed = parseCredential(credential);
      if (parsed?.kind !== 'session') return;
      const session = await store.session(parsed.id);
      if (!isSecret(parsed.secret, session?.secretHash) || !session) return;
      const event = auditWrite({
        action: 'session.delete',
        subject: `account ${session.username}`,
        actor: { principal: { kind: 'session', name: session.username, grants: {} } },
        at: clock.now(),
        newId,
        detail: { session_id: session.id },
      });
      await store.removeSession(session.id, [event]);
    },

    holder: async ({ id, secret }) => {
      const session = await store.session(id);
      if (!isSecret(secret, session?.secretHash) || !session || session.expiresAt <= clock.now()) return undefined;
      const account = await store.account(session.username);
      return account && { kind: 'session', name: account.username, grants: account.grants };
    },
  };
};
