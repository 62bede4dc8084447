import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { configFiles, loadSettings } from '../../src/adapters/config-files/index.js';
import { diagnostics } from '../../src/adapters/diagnostics/index.js';
import { isOpsError, type OpsError } from '../../src/base/errors.js';
import { docOf } from '../../src/commands/define.js';
import type { Context } from '../../src/context.js';
import type { ConfigFlags, Diagnostics } from '../../src/core/config/index.js';
import { createOutput, type Format } from '../../src/render/index.js';

export interface Ran {
  readonly stdout: string;
  /** What was said on stderr, a line each, begun by its kind. */
  readonly said: readonly string[];
  readonly exit: number;
  readonly error: OpsError | undefined;
  /** Questions that were asked. */
  readonly asked: readonly string[];
  /** What each of them said would happen. */
  readonly consequences: readonly string[];
  readonly json: () => unknown;
}

/** An own home for a test. */
export const tempHome = () => {
  const home = mkdtempSync(join(tmpdir(), 'ops-home-'));
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) };
};

/** Runs one command of settings over real files below `home`, as `ops` would, with a recorder for the rest. */
export const runSettings = async (
  make: (ctx: Context) => Command,
  words: readonly string[],
  {
    home,
    flags = {},
    env = {},
    format,
    isTerminal = false,
    answer = true,
    machine = {},
  }: {
    readonly home: string;
    readonly flags?: ConfigFlags;
    readonly env?: Readonly<Record<string, string>>;
    readonly format?: Format;
    readonly isTerminal?: boolean;
    readonly answer?: boolean;
    readonly machine?: Partial<Diagnostics>;
  },
): Promise<Ran> => {
  const allEnv = { HOME: home, ...env };
  const said: string[] = [];
  const asked: string[] = [];
  const consequences: string[] = [];
  const printed: string[] = [];
  let exit = 0;
  const say = (kind: string) => (text: string) => void said.push(`${kind}: ${text}`);
  const err = {
    isTerminal,
    note: say('note'),
    warn: say('warn'),
    verbose: say('verbose'),
    summary: say('summary'),
    progress: () => undefined,
    progressDone: () => undefined,
    raw: () => undefined,
  };
  const { settings, files } = await loadSettings({
    globals: flags,
    env: allEnv,
    cwd: home,
    terminal: { stdin: isTerminal, stderr: isTerminal },
  });
  const out = createOutput({
    stdout: () => ({
      write: (chunk, done) => {
        printed.push(Buffer.from(chunk).toString());
        done();
        return true;
      },
      on: () => undefined,
    }),
    isTerminal,
    format: format ?? settings.output,
    width: () => 80,
    notes: err,
    yaml: async () => String,
  });
  const ctx: Context = Object({
    out,
    err,
    settings,
    env: allEnv,
    cwd: home,
    configFiles: async () => configFiles({ file: files.file, projectFile: files.projectFile, lockTimeoutMs: 1_000 }),
    diagnostics: async () => ({ ...diagnostics({ now: () => new Date() }), ...machine }),
    confirm: async ({ what, consequence, name }: { what: string; consequence: string; name?: string }) => {
      consequences.push(consequence);
      asked.push(name === undefined ? what : `${what} [${name}]`);
      if (!answer) throw Object.assign(new Error('declined'), { name: 'OpsError', exit: 12, code: 'declined' });
    },
    setExit: (code: number) => {
      exit = Math.max(exit, code);
    },
  });
  let error: OpsError | undefined;
  try {
    const command = make(ctx);
    if (settings.fault && docOf(command)?.mendsSettings !== true) throw settings.fault;
    await command.exitOverride().parseAsync([...words], { from: 'user' });
    await out.flush();
  } catch (thrown) {
    if (!isOpsError(thrown)) throw thrown;
    error = thrown;
  }
  const stdout = printed.join('');
  return { stdout, said, exit: error?.exit ?? exit, error, asked, consequences, json: () => JSON.parse(stdout) };
};
