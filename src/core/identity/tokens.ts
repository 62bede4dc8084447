import { OpsError } from '../../base/errors.js';
import type { Principal } from '../shared/index.js';
import { auditWrite } from './audit.js';
import { type Credential, isSecret, newCredential } from './credential.js';
import { noToken } from './faults.js';
import { demandHolds } from './grants.js';
import type { IdentityService } from './identity-service.js';
import type { OpsToken } from './model.js';
import type { IdentityDeps, StoredToken } from './ports.js';

type Tokens = Pick<IdentityService, 'createToken' | 'tokens' | 'revokeToken'> & {
  /** The holder of an ops token. */
  holder(credential: Credential): Promise<Principal | undefined>;
};

const shown = (token: StoredToken): OpsToken => ({
  id: token.id,
  name: token.name,
  grants: token.grants,
  created_at: token.createdAt.toISOString(),
  expires_at: token.expiresAt?.toISOString() ?? null,
  last_used_at: token.lastUsedAt?.toISOString() ?? null,
  revoked_at: token.revokedAt?.toISOString() ?? null,
});

const expiryOf = (text: string | null | undefined, now: Date): Date | undefined => {
  if (text === null || text === undefined) return undefined;
  const expiresAt = new Date(text);
  if (expiresAt > now) return expiresAt;
  throw new OpsError(
    'usage',
    `the token would have expired already: ${expiresAt.toISOString()} is not in the future`,
    'give a later instant, or none for a token that lasts until it is revoked',
  );
};

const minuteMs = 60_000;

/** Ops tokens: for programs, and for people's scripts. */
export const tokenCases = ({ store, clock, newId, randomBytes }: IdentityDeps): Tokens => {
  /** The last minute that was told of each token here, also where telling it failed. */
  const told = new Map<string, number>();

  const touch = ({ id, lastUsedAt }: StoredToken, now: Date): void => {
    const minute = Math.floor(now.getTime() / minuteMs) * minuteMs;
    if (told.get(id) === minute || (lastUsedAt !== undefined && lastUsedAt.getTime() >= minute)) return;
    told.set(id, minute);
    // Nobody waits for it: a store that is read-only, or busy, must not lock anybody out.
    store.touchToken(id, new Date(minute)).catch(() => undefined);
  };

  return {
    createToken: async ({ name, grants, expires_at }, actor) => {
      const now = clock.now();
      const expiresAt = expiryOf(expires_at, now);
      demandHolds(actor.principal, grants, 'give');
      const { id, text, secretHash } = newCredential('token', randomBytes);
      const token: StoredToken = {
        id,
        name,
        secretHash,
        grants,
        createdAt: now,
        expiresAt,
        lastUsedAt: undefined,
        revokedAt: undefined,
      };
      const listed = shown(token);
      await store.sweepIdentity(now);
      const detail = { token_id: id, grants, expires_at: listed.expires_at };
      await store.addToken(token, [
        auditWrite({ action: 'token.create', subject: `token ${name}`, actor, at: now, newId, detail }),
      ]);
      return { ...listed, token: text };
    },

    tokens: async () => (await store.tokens()).map(shown),

    revokeToken: async (id, actor) => {
      const now = clock.now();
      const token = await store.token(id);
      if (!token || token.revokedAt) throw noToken(id);
      demandHolds(actor.principal, token.grants, 'take away');
      const event = auditWrite({
        action: 'token.revoke',
        subject: `token ${token.name}`,
        actor,
        at: now,
        newId,
        detail: { token_id: id },
      });
      if (!(await store.revokeToken(id, now, [event]))) throw noToken(id);
      told.delete(id);
      return shown({ ...token, revokedAt: now });
    },

    holder: async ({ id, secret }) => {
      const token = await store.token(id);
      if (!isSecret(secret, token?.secretHash) || !token) return undefined;
      const now = clock.now();
      if (token.revokedAt || (token.expiresAt && token.expiresAt <= now)) return undefined;
      touch(token, now);
      return { kind: 'token', name: token.name, grants: token.grants };
    },
  };
};
