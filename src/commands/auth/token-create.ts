import { Command } from 'commander';
import { parseInput } from '../../base/parse-input.js';
import type { Context } from '../../context.js';
import { CreatedToken, NewToken, rolesText } from '../../core/identity/index.js';
import { documented } from '../define.js';
import { changingIdentity, me } from './changing.js';
import { parseExpiry } from './expiry.js';
import { allRoles, collectRoles, parseGrants } from './role-words.js';
import { createdTokenView } from './views.js';

interface Flags {
  readonly name: string;
  readonly role: readonly string[];
  readonly expires?: string;
}

const run = async (ctx: Context, { name, role, expires }: Flags): Promise<void> => {
  const expiresAt = expires === undefined ? null : parseExpiry(expires, ctx.clock.now()).toISOString();
  const wanted = { name, grants: parseGrants(role), expires_at: expiresAt };
  const token = parseInput(NewToken, wanted, { what: 'token', code: 'usage' });
  const identity = await changingIdentity(ctx);
  if (ctx.settings.dryRun)
    return ctx.err.note(`dry run: a token "${name}" with ${rolesText(token.grants)} would be created`);
  await ctx.out.print(await identity.createToken(token, me), createdTokenView);
  ctx.err.note(`created token ${name}; it is shown only now, keep it in a file of mode 0600 or in a secret store`);
};

/** `ops auth token create`: a credential for a program. */
export const authTokenCreateCommand = (ctx: Context): Command =>
  documented(
    new Command('create')
      .summary('make an ops token, which is shown once')
      .requiredOption('--name <name>', 'what it is for; unique among the tokens in force')
      .requiredOption('--role <area=role>', `${allRoles}; a list with commas, repeatable`, collectRoles)
      .option('--expires <time>', 'a duration from now, a day, or RFC 3339; default: never')
      .action((flags: Flags) => run(ctx, flags)),
    {
      examples: [
        {
          line: 'ops auth token create --name nightly --role query=read --expires 90d',
          does: 'to read, for a quarter',
        },
        {
          line: 'ops auth token create --name ci --role query=write,probe=USER --jq .token > ci.token',
          does: 'two areas, the token alone into a file',
        },
      ],
      route: 'POST /ops/v1/auth/tokens',
      output: CreatedToken,
      exits: [4, 5, 6],
    },
  );
