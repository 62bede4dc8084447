import { Command } from 'commander';
import type { Context } from '../../context.js';
import { OpsToken } from '../../core/identity/index.js';
import { documented } from '../define.js';
import { tokensView } from './views.js';

/** `ops auth token list`: newest first, never their secrets. */
export const authTokenListCommand = (ctx: Context): Command =>
  documented(
    new Command('list').summary('the ops tokens, newest first').action(async () => {
      await ctx.out.list(await (await ctx.identity()).tokens(), tokensView(ctx.clock.now()));
    }),
    {
      examples: [
        { line: 'ops auth token list', does: 'their roles, their end, when each was used last' },
        {
          line: `ops auth token list --jq '.[] | select(.last_used_at == null) | .name'`,
          does: 'those that nobody has ever used',
        },
      ],
      route: 'GET /ops/v1/auth/tokens',
      output: OpsToken,
      many: true,
      exits: [4, 6],
    },
  );
