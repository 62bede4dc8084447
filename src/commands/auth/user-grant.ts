import { Command } from 'commander';
import type { Context } from '../../context.js';
import { Account } from '../../core/identity/index.js';
import { documented } from '../define.js';
import { accountNamed } from './account-named.js';
import { changingIdentity, me } from './changing.js';
import { allRoles, parseRole } from './role-words.js';
import { accountView } from './views.js';

const run = async (ctx: Context, name: string, word: string): Promise<void> => {
  const { area, role } = parseRole(word);
  const identity = await changingIdentity(ctx);
  if (ctx.settings.dryRun) {
    const { username } = await accountNamed(identity, name);
    return ctx.err.note(`dry run: ${username} would get ${area}=${role}`);
  }
  const account = await identity.grant(name, area, role, me);
  await ctx.out.print(account, accountView);
  ctx.err.note(`${account.username} has ${area}=${role}`);
};

/** `ops auth user grant NAME AREA=ROLE`: takes the place of the role that the account has in this area. */
export const authUserGrantCommand = (ctx: Context): Command =>
  documented(
    new Command('grant')
      .summary('give an account its role in an area')
      .argument('<name>', 'its username')
      .argument('<area=role>', allRoles)
      .action((name: string, word: string) => run(ctx, name, word)),
    {
      examples: [
        { line: 'ops auth user grant alice query=admin', does: 'in the place of her role there' },
        { line: 'ops auth user grant bob sla=VIEWER', does: 'another area, the others stay' },
      ],
      route: 'PUT /ops/v1/auth/accounts/{username}/grants/{area}',
      output: Account,
      exits: [3, 4, 5, 6],
    },
  );
