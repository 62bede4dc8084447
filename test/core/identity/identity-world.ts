import { randomBytes } from 'node:crypto';
import { memoryEvents } from '../../../src/adapters/memory/events.js';
import { memoryIdentity } from '../../../src/adapters/memory/identity.js';
import { manualClock } from '../../../src/base/clock.js';
import { type Actor, identityService, type PasswordHasher } from '../../../src/core/identity/index.js';
import { type Grants, localPrincipal } from '../../../src/core/shared/index.js';
import { countingIds, start } from '../../contract/stores.js';

/** The service over memory; passwords are "hashed" at once, and what was verified is written down. */
export const identityWorld = (options: { readonly passwords?: Partial<PasswordHasher> } = {}) => {
  const clock = manualClock(start);
  const events = memoryEvents();
  const verified: string[] = [];
  const passwords: PasswordHasher = {
    hash: async (password) => `hash of ${password}`,
    verify: async (hash, password) => {
      verified.push(hash);
      return hash === `hash of ${password}`;
    },
    ...options.passwords,
  };
  const store = memoryIdentity(events);
  const service = identityService({ store, passwords, clock, newId: countingIds('req'), randomBytes });
  const audit = async () =>
    (await events.after(0, 1_000)).map(({ type, subject, payload }) => ({ type, subject, ...payload }));
  return { service, store, clock, verified, audit };
};

export const local: Actor = { principal: localPrincipal, requestId: 'r-1' };

/** Somebody with these roles, over HTTP. */
export const actor = (grants: Grants): Actor => ({
  principal: { kind: 'token', name: 'ci', grants },
  requestId: 'r-2',
});

export const password = 'correct horse battery';
