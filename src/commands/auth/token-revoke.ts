import { Command } from 'commander';
import { OpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';
import { OpsToken, rolesText } from '../../core/identity/index.js';
import { documented } from '../define.js';
import { changingIdentity, me } from './changing.js';
import { tokenView } from './views.js';

const run = async (ctx: Context, id: string): Promise<void> => {
  const identity = await changingIdentity(ctx);
  const token = (await identity.tokens()).find((each) => each.id === id);
  if (!token || token.revoked_at !== null)
    throw new OpsError(
      'not_found',
      token ? `token ${id} ("${token.name}") is revoked already` : `there is no token with the id "${id}"`,
      'see the tokens with `ops auth token list`',
    );
  if (ctx.settings.dryRun) return ctx.err.note(`dry run: token "${token.name}" would be revoked`);
  const used = token.last_used_at === null ? 'it was never used' : `it was used last at ${token.last_used_at}`;
  await ctx.confirm({
    what: `revoke token "${token.name}" (${id})`,
    consequence: `whoever uses it loses ${rolesText(token.grants)} at once, for good; ${used}.`,
  });
  await ctx.out.print(await identity.revokeToken(id, me), tokenView);
  ctx.err.note(`revoked token ${token.name}`);
};

/** `ops auth token revoke ID`: it opens nothing from this moment on. */
export const authTokenRevokeCommand = (ctx: Context): Command =>
  documented(
    new Command('revoke')
      .summary('revoke an ops token, at once and for good')
      .argument('<id>', 'the id that `ops auth token list` shows')
      .action((id: string) => run(ctx, id)),
    {
      examples: [
        { line: 'ops auth token revoke 3f9a1c5be07d2468', does: 'asks first' },
        { line: 'ops auth token revoke 3f9a1c5be07d2468 --yes', does: 'for a script' },
      ],
      route: 'DELETE /ops/v1/auth/tokens/{id}',
      output: OpsToken,
      exits: [3, 4, 5, 6, 12],
    },
  );
