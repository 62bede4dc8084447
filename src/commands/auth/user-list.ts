import { Command } from 'commander';
import type { Context } from '../../context.js';
import { Account } from '../../core/identity/index.js';
import { documented } from '../define.js';
import { accountsView } from './views.js';

/** `ops auth user list`: accounts with their roles. */
export const authUserListCommand = (ctx: Context): Command =>
  documented(
    new Command('list').summary('the accounts, with their role in each area').action(async () => {
      await ctx.out.list(await (await ctx.identity()).accounts(), accountsView);
    }),
    {
      examples: [
        { line: 'ops auth user list', does: 'who may do what' },
        {
          line: `ops auth user list --jq '.[] | select(.grants.query == "admin") | .username'`,
          does: 'who owns the logs',
        },
      ],
      route: 'GET /ops/v1/auth/accounts',
      output: Account,
      many: true,
      exits: [4, 6],
    },
  );
