import type { Command } from 'commander';
import { OpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';
import { type CommandDoc, docOf } from '../define.js';
import { type CommandEntry, type CommandTree, entryAt, type Frame } from './tree.js';

/** A context that cannot be used: building a command must not read it. */
const noContext = (path: string): Context =>
  new Proxy<Context>(Object.create(null), {
    get: (_target, key) => {
      throw new OpsError(
        'internal',
        `command "${path}" reads ctx.${String(key)} while it is built`,
        'move it to the action',
      );
    },
  });

const noFrame: Frame = {
  manifest: { version: '', nodes: [], globals: [], help: '', longHelp: '', topics: {} },
  doc: async () => undefined,
};

/** Builds a command only to read what it takes. */
export const inspect = async (entry: CommandEntry): Promise<{ command: Command; doc: CommandDoc | undefined }> => {
  const command = (await entry.load())(noContext(entry.path), noFrame);
  return { command, doc: docOf(command) };
};

/** Documentation of one command; undefined for a path that is none. */
export const docFor = async (tree: CommandTree, path: readonly string[]): Promise<CommandDoc | undefined> => {
  const entry = entryAt(tree, path);
  return entry && (await inspect(entry)).doc;
};
