import { OpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';

/** How a command that wants input is used, for somebody who gave none. */
export interface ShortHelp {
  readonly usage: string;
  readonly examples: readonly { readonly line: string; readonly does: string }[];
}

/** Prints short help on stderr and returns the `usage` error to end with. */
export const missingInput = (ctx: Context, what: string, { usage, examples }: ShortHelp): OpsError => {
  const width = Math.max(...examples.map(({ line }) => line.length));
  const lines = examples.map(({ line, does }) => `  ${line.padEnd(width)}  ${does}`);
  ctx.err.raw(`usage: ${usage}\n\n${lines.join('\n')}\n\n`);
  return new OpsError('usage', what, 'give it on the command line, with -f FILE, or pipe it in');
};
