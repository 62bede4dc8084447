import type { Command } from 'commander';
import type { z } from 'zod';

/** What help, completion, `ops schema` and docs/cli.md need beyond what commander knows. */
export interface CommandDoc {
  /** Command lines as a user types them, most useful first; shown first in the help. */
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  /** The matching HTTP route, `none` for a command that asks no server. */
  readonly route: string;
  /** Schema of one output item, as `ops schema` prints it; absent where the command prints text. */
  readonly output?: z.ZodType;
  /** A list of them? */
  readonly many?: boolean;
  /** Exit codes beyond 0, 2 and 70 that a script should expect. */
  readonly exits?: readonly number[];
  /** Gives a verdict: exit 1 is possible and `--report` exists. */
  readonly verdict?: boolean;
  /** Why it cannot work against a server; then `--server` is exit 2. */
  readonly localOnly?: string;
  /** Runs until a signal, which it answers by ending in good order with exit 0. */
  readonly service?: boolean;
  /** Runs also while config files, variables or the context's name are wrong: it shows or mends them. */
  readonly mendsSettings?: boolean;
  /** Where completion takes names of arguments from: `table`, `database`, `context`, `config-key`, `topic`, `command`, `file`. */
  readonly complete?: Readonly<Record<string, string>>;
}

const docs = new WeakMap<Command, CommandDoc>();

/**
 * Attaches the documentation to a command; without it the build fails.
 *
 * @example return documented(new Command('schema').summary('…').action(…), { examples: […], route: 'GET /v1/catalog/schema' })
 */
export const documented = (command: Command, doc: CommandDoc): Command => {
  docs.set(command, doc);
  return command;
};

export const docOf = (command: Command): CommandDoc | undefined => docs.get(command);
