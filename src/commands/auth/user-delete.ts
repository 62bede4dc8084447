import { Command } from 'commander';
import type { Context } from '../../context.js';
import { rolesText } from '../../core/identity/index.js';
import { documented } from '../define.js';
import { accountNamed } from './account-named.js';
import { changingIdentity, me } from './changing.js';

const run = async (ctx: Context, name: string): Promise<void> => {
  const identity = await changingIdentity(ctx);
  const { username, grants } = await accountNamed(identity, name);
  if (ctx.settings.dryRun) return ctx.err.note(`dry run: account ${username} would be deleted`);
  await ctx.confirm({
    what: `delete account "${username}"`,
    consequence: `its roles (${rolesText(grants) || 'none'}), its password and its sessions are gone; tokens stay.`,
  });
  await identity.deleteAccount(username, me);
  ctx.err.note(`deleted account ${username}`);
};

/** `ops auth user delete NAME`: with its sessions. */
export const authUserDeleteCommand = (ctx: Context): Command =>
  documented(
    new Command('delete')
      .summary('delete an account with its sessions')
      .argument('<name>', 'its username')
      .action((name: string) => run(ctx, name)),
    {
      examples: [
        { line: 'ops auth user delete alice', does: 'asks first' },
        { line: 'ops auth user delete alice --yes', does: 'for a script' },
      ],
      route: 'DELETE /ops/v1/auth/accounts/{username}',
      exits: [3, 4, 5, 6, 12],
    },
  );
