import { OpsError } from '../../base/errors.js';

/** `conflict`: an unrevoked token has the name; said by every store alike. */
export const tokenNameTaken = ({ name, id }: { readonly name: string; readonly id: string }): OpsError =>
  new OpsError(
    'conflict',
    `a token named "${name}" exists: ${id}`,
    `choose another name, or revoke it first with \`ops auth token revoke ${id}\``,
  );

/** `conflict`: a person has one account. */
export const accountTaken = (existing: { readonly username: string }, wanted: string): OpsError =>
  new OpsError(
    'conflict',
    `an account with the name or e-mail address "${wanted}" exists: ${existing.username}`,
    `give it a role with \`ops auth user grant ${existing.username} AREA=ROLE\``,
  );

export const noAccount = (username: string): OpsError =>
  new OpsError('not_found', `account "${username}" not found`, 'see the accounts with `ops auth user list`');

export const noToken = (id: string): OpsError =>
  new OpsError('not_found', `there is no unrevoked token "${id}"`, 'see the tokens with `ops auth token list`');
