import { type Account, type IdentityService, noAccount } from '../../core/identity/index.js';

/** The account with this username, in whatever case. Throws `not_found`. */
export const accountNamed = async (identity: IdentityService, username: string): Promise<Account> => {
  const wanted = username.toLowerCase();
  const account = (await identity.accounts()).find((each) => each.username.toLowerCase() === wanted);
  if (account) return account;
  throw noAccount(username);
};
