import { readFileSync, realpathSync } from 'node:fs';
import { setTimeout as later } from 'node:timers';
import { fileURLToPath } from 'node:url';
import { OpsError } from './base/errors.js';
import { rfc3339Instant } from './base/time.js';
import { asOpsError } from './commands/frame/as-ops-error.js';
import { stackOf, writeCrashReport } from './commands/frame/crash-report.js';
import { errorForm, errorText } from './commands/frame/error-text.js';
import type { Manifest } from './commands/frame/manifest.js';
import { type Line, parseLine } from './commands/frame/parse-line.js';
import type { SignalSource } from './commands/frame/signals.js';
import { quietStreams, tell, writeAll } from './commands/frame/streams.js';
import { type CommandTree, entryAt, type Frame } from './commands/frame/tree.js';
import { tree as realTree } from './commands/index.js';
import type { Context, OpenContext, Streams } from './context.js';

/** Everything outside that `main` touches; tests hand in their own. */
export interface World {
  /** Without node and script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly streams: Streams;
  readonly signals: SignalSource;
  /** Ends the process now. */
  readonly leave: (exit: number) => void;
  readonly tree: CommandTree;
  readonly manifest: () => Promise<Manifest>;
  readonly openContext: OpenContext;
  /** What a Tab offers of the store; undefined where a Context must tell. */
  readonly quickNames: (
    env: World['env'],
    cwd: string,
  ) => Promise<Awaited<ReturnType<Context['storedNames']>> | undefined>;
  readonly now: () => Date;
}

/** argv in, exit code out. The one place where errors become text; never rejects. */
export const main = async (world: World): Promise<number> => {
  // Never undone: a pipe may turn out to be closed after the last write.
  quietStreams(world.streams, () => undefined);
  try {
    const manifest = await world.manifest();
    if (world.argv[0] === '__complete') return await complete(manifest, world);
    return await answer(parseLine(world.argv, manifest), manifest, world);
  } catch (thrown) {
    return await report(thrown, world);
  }
};

/** The lines of the error on stderr, for a bug also the crash report; returns the exit code. */
const report = async (thrown: unknown, world: World): Promise<number> => {
  const { argv, env, streams } = world;
  const error = asOpsError(thrown);
  const told = error.code === 'internal' ? await crashed(error, world) : error;
  const debug = argv.includes('--debug') ? `${stackOf(thrown)}\n` : '';
  await tell(streams.stderr, debug + errorText(told, errorForm(argv, env)));
  return error.exit;
};

const answer = async (line: Line, manifest: Manifest, world: World): Promise<number> => {
  const { stdout } = world.streams;
  if (line.kind === 'version') {
    await writeAll(stdout, `${manifest.version}\n`);
    return 0;
  }
  if (line.kind === 'help') {
    await writeAll(stdout, line.node?.help ?? (line.long ? manifest.longHelp : manifest.help));
    return 0;
  }
  if (line.kind === 'unknown') {
    const { pluginNamed, pluginsOnPath, runPlugin } = await import('./commands/frame/plugins.js');
    const path = pluginNamed(line.word, world.env);
    if (path === undefined) throw line.error(pluginsOnPath(world.env).map(({ name }) => name));
    const [flag] = line.flagsBefore;
    if (flag !== undefined)
      throw new OpsError('usage', `${flag} stands before the plugin "${line.word}"`, 'put flags behind its name');
    return await runPlugin(path, line.args, world.env);
  }
  const entry = entryAt(world.tree, line.node.path);
  if (!entry) throw new OpsError('internal', `the manifest knows "${line.node.path.join(' ')}", the tree does not`);
  if (entry.text) {
    await writeAll(stdout, await (await entry.text())(line.operands, manifest, world.env));
    return 0;
  }
  const { runCommand } = await import('./commands/frame/run-command.js');
  return await runCommand({ ...line, entry, frame: frameOf(manifest, world) }, world);
};

const frameOf = (manifest: Manifest, { tree }: World): Frame => ({
  manifest,
  doc: async (path) => {
    const { docFor } = await import('./commands/frame/inspect.js');
    return docFor(tree, path);
  },
});

/** `ops __complete KIND PREFIX`: names for a Tab, or nothing; never an error. */
const complete = async (manifest: Manifest, world: World): Promise<number> => {
  const [, kind = '', prefix = ''] = world.argv;
  const { env, cwd, streams } = world;
  let opened: Promise<Context> | undefined;
  const context = (): Promise<Context> => {
    opened ??= Promise.resolve(
      world.openContext({
        globals: {},
        env,
        cwd,
        streams,
        controller: new AbortController(),
        setExit: () => undefined,
      }),
    );
    return opened;
  };
  try {
    const { completeNames } = await import('./commands/complete.js');
    const storedNames = async () => (await world.quickNames(env, cwd)) ?? (await (await context()).storedNames());
    await writeAll(streams.stdout, await completeNames(kind, prefix, { manifest, storedNames, context }));
    await (await opened)?.close();
  } catch {
    return 0; // an error printed at a Tab would destroy the line being typed
  }
  return 0;
};

/** The same error with a hint that names the report, which is written on the way. */
const crashed = async (error: OpsError, { argv, env, manifest, now }: World): Promise<OpsError> => {
  const version = await manifest().then(
    (known) => known.version,
    () => 'unknown',
  );
  const path = await writeCrashReport({ error: error.cause ?? error, argv, version, env, at: now() });
  const where = path === undefined ? 'try again with --debug for details' : `the details are in ${path}`;
  return new OpsError('internal', error.message, error.hint ?? `this is a bug in ops; ${where}`, {
    reason: error.reason,
    requestId: error.requestId,
  });
};

/** From the file that the build wrote next to this one; from the sources it is made anew. */
const readManifest = async (): Promise<Manifest> => {
  const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  if (typeof OPS_BUNDLED === 'undefined') {
    const { buildManifest } = await import('./commands/frame/build-manifest.js');
    return buildManifest(realTree, JSON.parse(readFileSync(here('../package.json'), 'utf8')).version);
  }
  return JSON.parse(readFileSync(here('./manifest.json'), 'utf8'));
};

/** Set by the build. */
declare const OPS_BUNDLED: true | undefined;

/**
 * Runs this process's own command line. The exit code is set, not forced: what was written leaves first. Only if some
 * handle still keeps the process alive a moment later, it is ended, with nothing unwritten.
 */
export const start = async (): Promise<void> => {
  const { env } = process;
  // Getters: Node opens each stream at first sight, and the fast path never looks at stdin.
  const streams: Streams = {
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return process.stdout;
    },
    get stderr() {
      return process.stderr;
    },
  };
  const world: World = {
    argv: process.argv.slice(2),
    env,
    cwd: process.cwd(),
    streams,
    signals: process,
    leave: (code) => process.exit(code),
    tree: realTree,
    manifest: readManifest,
    openContext: async (start) => (await import('./wire.js')).openContext(start),
    quickNames: async (...at) => (await import('./wire-names.js')).quickNames(...at),
    now: () => rfc3339Instant(env.OPS_NOW ?? '') ?? new Date(),
  };
  // An error in a callback that nobody awaits is a bug like any other, told in two lines.
  process.on('uncaughtException', (thrown) => void report(thrown, world).then(world.leave));
  const exit = await main(world);
  process.exitCode = exit;
  const endWhenWritten = (): void => {
    const unwritten = [streams.stdout, streams.stderr].some((stream) => !stream.destroyed && stream.writableLength > 0);
    if (unwritten) later(endWhenWritten, 50);
    else process.exit(exit);
  };
  later(endWhenWritten, 200).unref();
};

const script = process.argv[1];
if (
  typeof OPS_BUNDLED === 'undefined' &&
  script !== undefined &&
  realpathSync(script) === fileURLToPath(import.meta.url)
)
  await start();
