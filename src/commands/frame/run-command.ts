import type { Command } from 'commander';
import { isOpsError, OpsError } from '../../base/errors.js';
import type { Context, GlobalFlags, OpenContext, Streams } from '../../context.js';
import { docOf } from '../define.js';
import { asOpsError } from './as-ops-error.js';
import type { ManifestNode } from './manifest.js';
import type { SignalSource } from './signals.js';
import { watchSignals } from './signals.js';
import { quietStreams } from './streams.js';
import { type CommandEntry, type Frame, spelledEntry } from './tree.js';

/** What a command needs from the process around it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly streams: Streams;
  readonly signals: SignalSource;
  readonly openContext: OpenContext;
  /** Ends the process now; for the second Ctrl-C. */
  readonly leave: (exit: number) => void;
  /** Overridden by tests. */
  readonly graceMs?: number;
}

/** How long a command may go on after Ctrl-C or its deadline before it is left behind. */
const defaultGraceMs = 5_000;
/** More than a server gives its requests in flight. */
const serviceGraceMs = 15_000;

/**
 * Opens the context, runs one command to its end and closes what was opened. Returns the exit code; throws OpsError.
 */
export const runCommand = async (
  {
    entry,
    node,
    globals,
    rest,
    frame,
  }: {
    readonly entry: CommandEntry;
    readonly node: ManifestNode;
    readonly globals: GlobalFlags;
    readonly rest: readonly string[];
    readonly frame: Frame;
  },
  around: Surroundings,
): Promise<number> => {
  const controller = new AbortController();
  const unwatch = watchSignals(around.signals, { controller, leave: around.leave });
  const unquiet = quietStreams(around.streams, (cause) =>
    controller.abort(
      new OpsError('unavailable', `cannot write to stdout: ${cause.message}`, 'check where stdout goes', { cause }),
    ),
  );
  let timer = deadline(globals.timeoutMs, controller);
  let exit = 0;
  let graceMs = around.graceMs ?? defaultGraceMs;
  let isService = false;
  /** A service is ended by signals and by nothing else: it lets what is in flight finish, and that is its success. */
  const loaded = (command: Command): void => {
    isService = docOf(command)?.service === true;
    if (isService) graceMs = Math.max(graceMs, serviceGraceMs);
  };
  const setExit = (code: number): void => {
    exit = Math.max(exit, code);
  };
  try {
    const { env, cwd, streams } = around;
    const work = async (): Promise<void> => {
      const ctx = await around.openContext({
        globals,
        env,
        cwd,
        streams,
        controller,
        setExit,
        version: frame.manifest.version,
      });
      // A deadline from the config is known only now; it counts from here.
      timer ??= deadline(ctx.settings.timeoutMs, controller);
      try {
        await parseAndRun({ entry, ctx, globals, rest, frame, loaded });
        await ctx.out.flush();
      } finally {
        await ctx.close();
      }
    };
    await orGrace(work(), controller.signal, () => graceMs);
    // Who is cut short by the deadline throws; who came to the end in spite of it has done the work.
    if (!controller.signal.aborted || isTimeout(controller.signal.reason)) return exit;
    // It ended in good order after Ctrl-C: nothing more to say, but the exit code is that of an interruption.
    const reason = asOpsError(controller.signal.reason, node.usage);
    if (reason.code === 'interrupted') return isService ? exit : reason.exit;
    throw reason;
  } catch (thrown) {
    throw reasonOf(thrown, { signal: controller.signal, usage: node.usage });
  } finally {
    clearTimeout(timer);
    unwatch();
    unquiet();
  }
};

const isTimeout = (reason: unknown): boolean => isOpsError(reason) && reason.code === 'timeout';

const parseAndRun = async (run: {
  entry: CommandEntry;
  ctx: Context;
  globals: GlobalFlags;
  rest: readonly string[];
  frame: Frame;
  loaded: (command: Command) => void;
}): Promise<void> => {
  const command = (await run.entry.load())(run.ctx, run.frame);
  run.loaded(command);
  const { localOnly, mendsSettings } = docOf(command) ?? {};
  const { fault } = run.ctx.settings;
  if (fault && mendsSettings !== true) throw fault;
  if (fault) await refuseUnshowable(run.ctx, run.globals);
  if (localOnly !== undefined && run.ctx.settings.server !== undefined)
    throw new OpsError(
      'usage',
      `\`${spelledEntry(run.entry)}\` does not work against a server: ${localOnly}`,
      'use a local context: `ops context list`',
    );
  command
    .exitOverride()
    .helpOption(false)
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  await command.parseAsync([...run.rest], { from: 'user' });
};

/**
 * Whoever mends settings does without most of them, but still shows the result: throws `usage` for variables that say
 * how, unless a flag says otherwise.
 */
const refuseUnshowable = async ({ env }: Context, globals: GlobalFlags): Promise<void> => {
  const { parseValue } = await import('../../core/config/index.js');
  const obeyed = [
    ...(globals.output === undefined ? [['output', 'OPS_OUTPUT'] as const] : []),
    ['error-format', 'OPS_ERROR_FORMAT'] as const,
  ];
  for (const [key, variable] of obeyed) {
    const text = env[variable];
    if (text === undefined || text === '') continue;
    const parsed = parseValue(key, text);
    if (!parsed.ok)
      throw new OpsError('usage', `${variable}: ${parsed.fault.message}`, parsed.fault.hint, { reason: 'bad_setting' });
  }
};

/** After an abort the command has `graceMs` to come to an end of its own; then its reason is the answer. */
const orGrace = (work: Promise<void>, signal: AbortSignal, graceMs: () => number): Promise<void> =>
  new Promise((resolve, reject) => {
    let grace: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      grace = setTimeout(() => reject(signal.reason), graceMs());
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => {
      clearTimeout(grace);
      signal.removeEventListener('abort', onAbort);
    });
  });

const deadline = (timeoutMs: number | undefined, controller: AbortController): NodeJS.Timeout | undefined => {
  if (timeoutMs === undefined) return undefined;
  const passed = (): void =>
    controller.abort(
      new OpsError('timeout', `the command did not end within ${timeoutMs / 1000} s`, 'allow more time with --timeout'),
    );
  // A longer timer would overflow and fire at once; nobody waits three weeks for a command.
  return setTimeout(passed, Math.min(timeoutMs, 2 ** 31 - 1));
};

/** What is told: an abort shows in many disguises (AbortError, a closed store), its reason is the truth. */
const reasonOf = (thrown: unknown, { signal, usage }: { signal: AbortSignal; usage: string }): OpsError => {
  if (!signal.aborted) return asOpsError(thrown, usage);
  if (isOpsError(thrown) && !['internal', 'interrupted', 'timeout'].includes(thrown.code)) return thrown;
  const reason = asOpsError(signal.reason, usage);
  // The command knows more than the clock: what was still pending, how far it came.
  return isOpsError(thrown) && thrown.code === reason.code ? thrown : reason;
};
