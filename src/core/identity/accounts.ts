import { OpsError } from '../../base/errors.js';
import { Grants } from '../shared/index.js';
import { auditWrite } from './audit.js';
import { noAccount } from './faults.js';
import { demandHolds, rolesOf } from './grants.js';
import type { Actor, IdentityService } from './identity-service.js';
import type { Account } from './model.js';
import type { IdentityDeps, StoredAccount } from './ports.js';
import type { Turnstile } from './turnstile.js';

type Accounts = Pick<IdentityService, 'accounts' | 'createAccount' | 'deleteAccount' | 'grant' | 'revoke'>;

const shown = ({ username, email, grants, createdAt }: StoredAccount): Account => ({
  username,
  email: email ?? null,
  grants,
  created_at: createdAt.toISOString(),
});

/** Others may change the same account; each round means that one of them got through. */
const mostRounds = 10;

/** People, and their role in each area. */
export const accountCases = (
  { store, passwords, clock, newId }: IdentityDeps,
  { hashing }: { readonly hashing: Turnstile },
): Accounts => {
  const change = (action: string, username: string, { actor, detail }: { actor: Actor; detail?: object }) =>
    auditWrite({
      action,
      subject: `account ${username}`,
      actor,
      at: clock.now(),
      newId,
      ...(detail && { detail: { ...detail } }),
    });

  /** An address is no name here: what is deleted or granted is named by its username. */
  const found = async (username: string): Promise<StoredAccount> => {
    const account = await store.account(username);
    if (account && account.username.toLowerCase() === username.toLowerCase()) return account;
    throw noAccount(username);
  };

  /** Reads the roles, decides, writes; again where somebody else wrote in between. */
  const changeGrants = async (
    username: string,
    decide: (account: StoredAccount) => { readonly to: Grants; readonly event?: ReturnType<typeof change> },
  ): Promise<StoredAccount> => {
    for (let round = 0; round < mostRounds; round++) {
      const account = await found(username);
      const { to, event } = decide(account);
      if (!event) return account;
      if (await store.setGrants(account.username, { from: account.grants, to }, [event]))
        return { ...account, grants: to };
    }
    throw new OpsError('conflict', `the roles of "${username}" are being changed by somebody else`, 'try again');
  };

  return {
    accounts: async () => (await store.accounts()).map(shown),

    createAccount: async ({ username, email, password, grants }, actor) => {
      demandHolds(actor.principal, grants, 'give');
      const passwordHash = await hashing.pass(() => passwords.hash(password));
      const account: StoredAccount = {
        username,
        email: email ?? undefined,
        passwordHash,
        grants,
        createdAt: clock.now(),
      };
      await store.addAccount(account, [change('account.create', username, { actor, detail: { grants } })]);
      return shown(account);
    },

    deleteAccount: async (username, actor) => {
      const account = await found(username);
      demandHolds(actor.principal, account.grants, 'take away');
      const event = change('account.delete', account.username, { actor, detail: { grants: account.grants } });
      if (!(await store.removeAccount(account.username, [event]))) throw noAccount(username);
    },

    grant: async (username, area, role, actor) => {
      const given = Grants.parse({ [area]: role });
      demandHolds(actor.principal, given, 'give');
      const account = await changeGrants(username, ({ username, grants }) => {
        const before = grants[area] ?? null;
        if (before === role) return { to: grants };
        // A weaker role in the place of a stronger one takes the stronger one away.
        demandHolds(actor.principal, Grants.parse({ [area]: grants[area] }), 'take away');
        const event = change('account.grant', username, { actor, detail: { area, role, before } });
        return { to: Grants.parse({ ...grants, ...given }), event };
      });
      return shown(account);
    },

    revoke: async (username, area, actor) => {
      const account = await changeGrants(username, ({ username, grants }) => {
        const { [area]: role, ...to } = grants;
        if (role === undefined)
          throw new OpsError(
            'not_found',
            `account "${username}" has no role in ${area}`,
            'see the roles with `ops auth user list`',
          );
        demandHolds(actor.principal, Grants.parse({ [area]: role }), 'take away');
        return { to, event: change('account.revoke', username, { actor, detail: { area, role } }) };
      });
      return rolesOf(account.grants).length === 0 ? undefined : shown(account);
    },
  };
};
