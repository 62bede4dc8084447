import { accountCases } from './accounts.js';
import { parseCredential } from './credential.js';
import type { IdentityService } from './identity-service.js';
import { tooManyRequests } from './login-guard.js';
import type { IdentityDeps } from './ports.js';
import { sessionCases } from './sessions.js';
import { tokenCases } from './tokens.js';
import { turnstile } from './turnstile.js';

/** One password takes some 20 MiB and a core for a while; what the machine has besides is for the answers. */
const passwordsAtOnce = 4;
const passwordsWaiting = 64;

/** The use cases over a store. Failed logins are counted in this process only, and forgotten with it. */
export const identityService = (deps: IdentityDeps): IdentityService => {
  const { store } = deps;
  const hashing = turnstile({
    atOnce: passwordsAtOnce,
    mostWaiting: passwordsWaiting,
    refuse: () => tooManyRequests('too many passwords are being checked at once', 1),
  });
  const tokens = tokenCases(deps);
  const sessions = sessionCases(deps, { hashing });

  return {
    ...accountCases(deps, { hashing }),
    createToken: tokens.createToken,
    tokens: tokens.tokens,
    revokeToken: tokens.revokeToken,
    login: sessions.login,
    logout: sessions.logout,

    authenticate: async (text) => {
      const credential = parseCredential(text);
      if (!credential) return undefined;
      return credential.kind === 'token' ? tokens.holder(credential) : sessions.holder(credential);
    },

    hasAnybody: async (area) => {
      const [people, programs] = await Promise.all([store.accounts(), store.tokens()]);
      return (
        people.some(({ grants }) => grants[area] !== undefined) ||
        programs.some(({ grants, revokedAt }) => revokedAt === undefined && grants[area] !== undefined)
      );
    },
  };
};
