import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { loadSettings } from './adapters/config-files/index.js';
import { fixedClock, systemClock } from './base/clock.js';
import { OpsError } from './base/errors.js';
import { once } from './base/once.js';
import { uuidSource } from './base/uuid.js';
import type { Context, OpenContext } from './context.js';
import type { EffectiveSettings } from './core/config/index.js';
import { createNotes, createOutput, type Notes, pagerSink, usesColour, usesUnicode } from './render/index.js';
import { openLocal } from './wire-local.js';

type Start = Parameters<OpenContext>[0];

const notesOf = ({ env, streams }: Start, settings: EffectiveSettings): Notes =>
  createNotes({
    stream: streams.stderr,
    isTerminal: streams.stderr.isTTY === true,
    colour: usesColour({ flag: settings.color, env, isTerminal: streams.stderr.isTTY === true }),
    quiet: settings.quiet,
    verbose: settings.verbose,
    progress: settings.progress,
    isCi: Boolean(env['CI']),
    width: () => streams.stderr.columns,
    clock: systemClock,
  });

const outputOf = ({ globals, env, streams, controller }: Start, settings: EffectiveSettings, notes: Notes) => {
  const isTerminal = streams.stdout.isTTY === true;
  const { jq } = globals;
  // A format that the environment prefers does not stand in the way of a program asked for here.
  const format = jq === undefined ? settings.output : globals.output;
  const { pager } = settings;
  return createOutput({
    stdout: () => streams.stdout,
    isTerminal,
    format,
    fields: globals.fields,
    sort: globals.sort,
    limit: globals.limit,
    header: globals.noHeader !== true,
    ...(jq !== undefined && {
      jq: once(async () => (await import('./adapters/jq/index.js')).loadJq(jq, { signal: controller.signal })),
    }),
    colour: usesColour({ flag: settings.color, env, isTerminal }),
    colourJson: globals.color === 'always',
    unicode: usesUnicode(env),
    width: () => streams.stdout.columns,
    notes,
    yaml: async () => (await import('./adapters/yaml/index.js')).encodeYaml,
    ...(pager !== undefined && {
      pager: {
        rows: streams.stdout.rows ?? 24,
        open: () => pagerSink(spawn(pager, { shell: true, stdio: ['pipe', 'inherit', 'inherit'] })),
      },
    }),
  });
};

const needsLocal = (server: string): OpsError =>
  new OpsError(
    'usage',
    `this works on a local data directory only, not on the server ${server}`,
    'leave --server out, or choose a local context with `ops context use local`',
  );

/** Joins flags, environment and files to a Context. The one place that loads adapters, each when it is needed. */
export const openContext: OpenContext = async (start) => {
  const { globals, env, cwd, streams, controller, setExit } = start;
  const { settings, files, warnings } = await loadSettings({
    globals,
    env,
    cwd,
    terminal: { stdin: streams.stdin.isTTY === true, stderr: streams.stderr.isTTY === true },
  });
  const clock = settings.now ? { ...fixedClock(settings.now), monotonicMs: systemClock.monotonicMs } : systemClock;
  const newId = uuidSource(() => clock.now().getTime(), randomBytes);
  const err = notesOf(start, settings);
  for (const warning of warnings) err.warn(warning);
  const out = outputOf(start, settings, err);
  await out.check();

  const local = openLocal(settings, { clock, newId });
  /** For whatever works on the data directory or with files: not with broken settings, not with a server's. */
  const here =
    <T>(make: () => Promise<T>) =>
    async (): Promise<T> => {
      if (settings.fault) throw settings.fault;
      if (settings.server !== undefined) throw needsLocal(settings.server);
      return make();
    };
  /** For what asks no server. */
  const sound =
    <T>(make: () => Promise<T>) =>
    async (): Promise<T> => {
      if (settings.fault) throw settings.fault;
      return make();
    };

  const { server } = settings;
  const closers: (() => Promise<void>)[] = [local.close];
  const remote = once(async () => {
    if (server === undefined) return undefined;
    const { openServer } = await import('./wire-remote.js');
    const opened = openServer(start, { settings, clock, err, server });
    closers.push(opened.close);
    return opened;
  });
  const there = async () => {
    if (settings.fault) throw settings.fault;
    return remote();
  };

  const context: Context = {
    out,
    err,
    streams,
    settings,
    env,
    cwd,
    clock,
    signal: controller.signal,
    newId,
    query: async () => (await there())?.query ?? here(local.service)(),
    identity: async () => (await there())?.identity ?? here(local.identity)(),
    remote: async () => (await there())?.remote,
    storedNames: here(async () => {
      const { storedNames } = await import('./adapters/sqlite/stored-names.js');
      return storedNames(settings.dataDir);
    }),
    maintenance: here(local.maintenance),
    fileQueries: sound(local.fileQueries),
    dataDirectory: here(async () => {
      const { dataDirectory } = await import('./adapters/data-directory/index.js');
      return dataDirectory({ store: await local.store(), clock, checkExtent: local.checkExtent });
    }),
    events: here(async () => (await local.store()).events),
    leases: here(async () => (await local.store()).leases),
    loopJournal: here(async () => (await local.store()).loopJournal),
    files: once(async () => {
      const { userFiles } = await import('./adapters/user-files/index.js');
      return userFiles({ cwd, stateDir: settings.stateDir, stdin: () => streams.stdin, newId });
    }),
    configFiles: async () => files,
    diagnostics: once(async () => {
      const { diagnostics } = await import('./adapters/diagnostics/index.js');
      return diagnostics({ now: () => clock.now() });
    }),
    confirm: async (question) => {
      const { confirmOnTerminal } = await import('./adapters/terminal/prompt.js');
      const { context: name, yes, confirm, noInput } = settings;
      await confirmOnTerminal(question, {
        stdin: streams.stdin,
        stderr: streams.stderr,
        signal: controller.signal,
        consent: { context: name, protected: settings.protected, yes, confirm, noInput },
      });
    },
    secret: async (question) => {
      const { hiddenLine } = await import('./adapters/terminal/hidden-prompt.js');
      const { stdin, stderr } = streams;
      return hiddenLine(question, { stdin, stderr, signal: controller.signal, noInput: settings.noInput });
    },
    setExit,
    close: async () => {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
  return context;
};
