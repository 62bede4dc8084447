import { Command } from 'commander';
import { parseInput } from '../../base/parse-input.js';
import type { Context } from '../../context.js';
import { Account, NewAccount } from '../../core/identity/index.js';
import { documented } from '../define.js';
import { changingIdentity, me } from './changing.js';
import { askNewPassword } from './password.js';
import { allRoles, collectRoles, parseGrants } from './role-words.js';
import { accountView } from './views.js';

interface Flags {
  readonly email?: string;
  readonly role?: readonly string[];
  readonly passwordStdin?: true;
}

const examples = [
  { line: 'ops auth user create alice --role query=admin', does: 'asks for the password, twice' },
  { line: 'ops auth user create alice --password-stdin < alice.password', does: 'for a script; roles come later' },
];

const run = async (ctx: Context, username: string, flags: Flags): Promise<void> => {
  const grants = parseGrants(flags.role ?? []);
  // Whatever is wrong with the words is said before anybody types a password.
  const wanted = { username, email: flags.email ?? null, grants };
  const known = parseInput(NewAccount.omit({ password: true }), wanted, { what: 'account', code: 'usage' });
  const identity = await changingIdentity(ctx);
  if (ctx.settings.dryRun) return ctx.err.note(`dry run: account ${username} would be created`);
  const password = await askNewPassword(ctx, {
    stdin: flags.passwordStdin === true,
    question: `Password for ${username}`,
    help: { usage: 'ops auth user create NAME --password-stdin < FILE', examples },
  });
  await ctx.out.print(await identity.createAccount({ ...known, password }, me), accountView);
  ctx.err.note(
    Object.keys(grants).length > 0
      ? `created account ${username}; log in with \`ops auth login --server URL --username ${username}\``
      : `created account ${username} without a role; give it one with \`ops auth user grant ${username} AREA=ROLE\``,
  );
};

/** `ops auth user create NAME`: an account for a person. */
export const authUserCreateCommand = (ctx: Context): Command =>
  documented(
    new Command('create')
      .summary('make an account for a person')
      .argument('<name>', 'what the person logs in with')
      .option('--email <address>', 'may be used to log in, too')
      .option('--role <area=role>', `${allRoles}; a list with commas, repeatable`, collectRoles)
      .option('--password-stdin', 'read the password from stdin')
      .action((username: string, flags: Flags) => run(ctx, username, flags)),
    { examples, route: 'POST /ops/v1/auth/accounts', output: Account, exits: [4, 5, 6, 12] },
  );
