import { OpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';
import { maxPasswordLength, minPasswordLength } from '../../core/identity/index.js';
import { missingInput, type ShortHelp } from '../query/missing-input.js';

/** More than the longest password needs, in whatever alphabet. */
const mostBytes = 8_192;

const fromStdin = async (ctx: Context, help: ShortHelp): Promise<string> => {
  if (ctx.streams.stdin.isTTY === true)
    throw missingInput(ctx, '--password-stdin reads the password from a pipe, and stdin is a terminal', help);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of await (await ctx.files()).open('-')) {
    ctx.signal.throwIfAborted();
    parts.push(part.slice()); // the next part may lie in the same memory
    length += part.length;
    if (length > mostBytes)
      throw new OpsError('usage', 'stdin holds more than a password', 'pipe in the password alone');
  }
  const password = Buffer.concat(parts)
    .toString()
    .replace(/\r?\n$/, '');
  if (password === '') throw new OpsError('usage', 'stdin is empty', 'pipe in the password');
  if (/[\r\n]/.test(password))
    throw new OpsError('usage', 'stdin holds more than one line', 'pipe in the password alone');
  return password;
};

interface Source {
  readonly stdin: boolean;
  /** For the prompt, e.g. `Password of alice`. */
  readonly question: string;
  readonly help: ShortHelp;
}

const fromTerminal = (ctx: Context, question: string): Promise<string> => {
  if (ctx.settings.noInput)
    throw new OpsError(
      'usage',
      'a password is needed, and nobody can be asked here',
      'pipe it in with --password-stdin',
      { reason: 'input_needed' },
    );
  return ctx.secret(`${question}: `);
};

/** A password that exists: from stdin, or typed unseen. Never a flag's value, which others would see. */
export const askPassword = (ctx: Context, { stdin, question, help }: Source): Promise<string> =>
  stdin ? fromStdin(ctx, help) : fromTerminal(ctx, question);

/** A password to be: typed twice, and neither too short nor too long (`usage`). */
export const askNewPassword = async (ctx: Context, source: Source): Promise<string> => {
  const password = await askPassword(ctx, source);
  const { length } = password;
  if (length < minPasswordLength || length > maxPasswordLength)
    throw new OpsError(
      'usage',
      `the password has ${length} character${length === 1 ? '' : 's'}`,
      `use ${minPasswordLength} to ${maxPasswordLength} characters`,
    );
  if (!source.stdin && (await fromTerminal(ctx, 'The same again')) !== password)
    throw new OpsError('usage', 'the two passwords differ', 'try again; nothing was changed');
  return password;
};
