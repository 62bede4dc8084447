import { Command } from 'commander';
import { z } from 'zod';
import { OpsError } from '../../base/errors.js';
import { parseInput } from '../../base/parse-input.js';
import type { Context } from '../../context.js';
import { Login, Session } from '../../core/identity/index.js';
import { documented } from '../define.js';
import { askPassword } from './password.js';
import { demandServer, warnOfOtherCredential } from './server.js';
import { identityLines } from './views.js';

/** The session, but for its token: that is kept in a file, not shown. */
const LoggedIn = z.object({ server: z.string(), ...Session.omit({ token: true }).shape });
type LoggedIn = z.infer<typeof LoggedIn>;

interface Flags {
  readonly username?: string;
  readonly passwordStdin?: true;
}

const examples = [
  { line: 'ops auth login --server https://ops.example.com --username alice', does: 'asks for the password' },
  { line: 'ops auth login --password-stdin < alice.password', does: 'for a script, at the server of the context' },
];

const usernameOf = ({ env }: Context, { username }: Flags): string => {
  const name = username ?? (env['USER'] || env['LOGNAME']);
  if (name) return name;
  throw new OpsError('usage', 'nobody knows who you are: USER is not set', 'name your account with --username NAME');
};

const run = async (ctx: Context, flags: Flags): Promise<void> => {
  const server = await demandServer(ctx);
  const username = usernameOf(ctx, flags);
  if (ctx.settings.dryRun) return ctx.err.note(`dry run: ${username} would log in to ${server.url}`);
  const password = await askPassword(ctx, {
    stdin: flags.passwordStdin === true,
    question: `Password of ${username} at ${server.url}`,
    help: { usage: 'ops auth login [--username NAME] --password-stdin < FILE', examples },
  });
  const login = parseInput(Login, { username, password }, { what: 'login', code: 'usage' });
  // The server knows the address itself.
  const { token, ...session } = await (await ctx.identity()).login(login, { address: '' });
  await server.keepSession(token);
  const loggedIn: LoggedIn = { server: server.url, ...session };
  await ctx.out.print(loggedIn, {
    lines: (it) => [['username', it.username], ...identityLines(it)],
    name: (it) => it.username,
  });
  ctx.err.note(`logged in to ${server.url} as ${session.username}; end it with \`ops auth logout\``);
  warnOfOtherCredential(ctx);
};

/** `ops auth login`: a session of the server, kept for the commands to come. */
export const authLoginCommand = (ctx: Context): Command =>
  documented(
    new Command('login')
      .summary('log in to the server, for the commands to come')
      .option('--username <name>', 'your account, or its e-mail address; default: your name on this machine')
      .option('--password-stdin', 'read the password from stdin')
      .action((flags: Flags) => run(ctx, flags)),
    { examples, route: 'POST /ops/v1/auth/login', output: LoggedIn, exits: [4, 6, 7, 8, 12] },
  );
