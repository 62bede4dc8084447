import { Command } from 'commander';
import { OpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';
import { Account, rolesText } from '../../core/identity/index.js';
import { documented } from '../define.js';
import { accountNamed } from './account-named.js';
import { changingIdentity, me } from './changing.js';
import { parseRoleWord, type RoleWord } from './role-words.js';
import { accountView } from './views.js';

/** Throws `not_found` where the account has not the role that was named. */
const demandHeld = ({ username, grants }: Account, { area, role }: RoleWord): void => {
  const held = grants[area];
  if (held !== undefined && (role === undefined || role === held)) return;
  throw new OpsError(
    'not_found',
    `account "${username}" has not ${role === undefined ? `any role in ${area}` : `${area}=${role}`}`,
    `it has ${rolesText(grants) || 'no role at all'}`,
  );
};

const run = async (ctx: Context, name: string, word: string): Promise<void> => {
  const wanted = parseRoleWord(word);
  const { area } = wanted;
  const identity = await changingIdentity(ctx);
  const account = await accountNamed(identity, name);
  demandHeld(account, wanted);
  const { username } = account;
  const isLast = Object.keys(account.grants).length === 1;
  if (ctx.settings.dryRun)
    return ctx.err.note(`dry run: ${username} would lose ${area}${isLast ? ', and the account would go with it' : ''}`);
  // A role is given back with one command; an account that goes with its last role is not.
  if (isLast)
    await ctx.confirm({
      what: `take the last role of account "${username}"`,
      consequence: 'the account goes with it: its password and its sessions are gone.',
    });
  const left = await identity.revoke(username, area, me);
  if (!left) return ctx.err.note(`${username} had no other role: the account is deleted`);
  await ctx.out.print(left, accountView);
  ctx.err.note(`${username} has no role in ${area} any more`);
};

/** `ops auth user revoke NAME AREA[=ROLE]`: the account goes with its last role. */
export const authUserRevokeCommand = (ctx: Context): Command =>
  documented(
    new Command('revoke')
      .summary('take an account its role in an area; it goes with the last')
      .argument('<name>', 'its username')
      .argument('<area>', 'the area, or AREA=ROLE to be sure which role it is')
      .action((name: string, word: string) => run(ctx, name, word)),
    {
      examples: [
        { line: 'ops auth user revoke alice query', does: 'whatever her role there is' },
        { line: 'ops auth user revoke alice sla=ADMIN --yes', does: 'also if it is her last role' },
      ],
      route: 'DELETE /ops/v1/auth/accounts/{username}/grants/{area}',
      output: Account,
      exits: [3, 4, 5, 6, 12],
    },
  );
