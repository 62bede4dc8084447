import { Command } from 'commander';
import { z } from 'zod';
import type { Context } from '../../context.js';
import { WhoAmI, whoAmI } from '../../core/identity/index.js';
import { isAdministrator, localPrincipal } from '../../core/shared/index.js';
import { documented } from '../define.js';
import { identityLines } from './views.js';

const Status = WhoAmI.extend({
  /** Null on this machine. */
  server: z.string().nullable(),
  /** Of the ops token in use; null where it has no end, and where the server does not say. */
  expires_at: z.string().nullable(),
});
type Status = z.infer<typeof Status>;

/** Only administrators may list tokens, and only tokens have an end that anybody else than their holder knows. */
const expiryOf = async (ctx: Context, who: WhoAmI): Promise<string | null> => {
  if (who.kind !== 'token' || !isAdministrator(who)) return null;
  const tokens = await (await ctx.identity()).tokens();
  return tokens.find(({ name, revoked_at }) => name === who.name && revoked_at === null)?.expires_at ?? null;
};

const statusOf = async (ctx: Context): Promise<Status> => {
  const remote = await ctx.remote();
  if (!remote) return { ...whoAmI(localPrincipal), server: null, expires_at: null };
  const who = await remote.whoAmI();
  return { ...who, server: remote.url, expires_at: await expiryOf(ctx, who) };
};

const run = async (ctx: Context): Promise<void> => {
  const status = await statusOf(ctx);
  await ctx.out.print(status, {
    lines: (it) => [['you are', it.kind === it.name ? it.name : `${it.name} (${it.kind})`], ...identityLines(it)],
    name: (it) => it.name,
  });
  if (status.kind === 'anonymous') ctx.err.note('log in with `ops auth login`, or set OPS_TOKEN to an ops token');
};

/** `ops auth status`: who you are here. */
export const authStatusCommand = (ctx: Context): Command =>
  documented(
    new Command('status').summary('who you are, and what you may do').action(() => run(ctx)),
    {
      examples: [
        { line: 'ops auth status', does: 'in the current context' },
        { line: 'ops auth status --server https://ops.example.com -o json', does: 'at a server, for a script' },
      ],
      route: 'GET /ops/v1/auth/whoami',
      output: Status,
      exits: [4, 6, 7],
    },
  );
