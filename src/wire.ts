import { isUtf8 } from 'node:buffer';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { loadSettings } from './adapters/config-files/index.js';
import { type Clock, fixedClock, systemClock } from './base/clock.js';
import { OpsError } from './base/errors.js';
import { uuidSource } from './base/uuid.js';
import type { Context, OpenContext } from './context.js';
import type { EffectiveSettings } from './core/config/index.js';
import type { Extent, ExtentStore, QueryMaintenance, QueryService } from './core/query/index.js';
import { createNotes, createOutput, type Notes, pagerSink, usesColour, usesUnicode } from './render/index.js';

type Start = Parameters<OpenContext>[0];

/** Made at the first call, shared by the later ones. */
const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

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

const outputOf = ({ globals, env, streams }: Start, settings: EffectiveSettings, notes: Notes) => {
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
    ...(jq !== undefined && { jq: once(async () => (await import('./adapters/jq/index.js')).loadJq(jq)) }),
    colour: usesColour({ flag: settings.color, env, isTerminal }),
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
    `the server ${server} cannot be asked yet: this version works on a local data directory only`,
    'leave --server out, or choose a local context with `ops context use local`',
  );

const refused = (context: string): OpsError =>
  new OpsError(
    'forbidden',
    `context "${context}" is read-only: nothing may be changed through it`,
    'choose another context with --context',
    { reason: 'read_only_context' },
  );

const readOnlyService = (service: QueryService, context: string): QueryService => {
  const refuse = () => Promise.reject(refused(context));
  return { ...service, ingest: refuse, provision: refuse, cleanup: refuse, compact: refuse };
};

/** Names, tables and schemas are told without loading the engine. */
const lazyExtents = (open: () => Promise<ExtentStore>): ExtentStore => ({
  stageRows: async (rows) => (await open()).stageRows(rows),
  stageMerge: async (merge) => (await open()).stageMerge(merge),
  publish: async (staged) => (await open()).publish(staged),
  discard: async (staged) => (await open()).discard(staged),
  remove: async (extents) => (await open()).remove(extents),
  olderThan: async (before) => (await open()).olderThan(before),
});

/** Store, engine and services on one data directory; opened when first asked for. */
const openLocal = (settings: EffectiveSettings, { clock, newId }: { clock: Clock; newId: () => string }) => {
  const { dataDir, lockTimeoutMs, context, readOnly } = settings;
  const closers: (() => Promise<void>)[] = [];

  const store = once(async () => {
    const { openStore } = await import('./adapters/sqlite/index.js');
    const opened = openStore({ dataDir, lockTimeoutMs, clock, newId, ...(readOnly && { readOnly }) });
    closers.push(opened.close);
    return opened;
  });

  const engine = once(async () => {
    const { databaseEngine } = await import('./adapters/duckdb/engine.js');
    const opened = databaseEngine({ dataDir, newId, devices: ['/dev/stdout'] });
    closers.push(opened.close);
    return opened;
  });

  const extents = once(async () => {
    const { extentStore } = await import('./adapters/duckdb/extents/extent-store.js');
    const opened = extentStore({ dataDir, newId });
    closers.push(opened.close);
    return opened;
  });

  const query = once(async (): Promise<{ service: QueryService; maintenance: QueryMaintenance }> => {
    const { queryService } = await import('./core/query/index.js');
    return queryService({
      catalog: (await store()).catalog,
      extents: lazyExtents(extents),
      engine: { openDatabase: async (scope) => (await engine()).openDatabase(scope) },
      clock,
      isUtf8,
      wait: async (ms, signal) => {
        await delay(ms, undefined, { signal }).catch(() => undefined);
      },
      close: async () => {},
    });
  });

  const checker = once(async () => {
    const { extentChecker } = await import('./adapters/duckdb/extents/check-extent.js');
    const opened = extentChecker();
    closers.push(opened.close);
    return opened;
  });

  return {
    store,
    checkExtent: async (path: string, extent: Pick<Extent, 'rowCount'>) => (await checker()).check(path, extent),
    service: async (): Promise<QueryService> => {
      const { service } = await query();
      return readOnly ? readOnlyService(service, context) : service;
    },
    maintenance: async (): Promise<QueryMaintenance> => {
      if (readOnly) throw refused(context);
      return (await query()).maintenance;
    },
    fileQueries: once(async () => {
      const [{ fileQueries }, { openFiles }] = await Promise.all([
        import('./core/query/index.js'),
        import('./adapters/duckdb/files/open-files.js'),
      ]);
      return fileQueries({ engine: { openFiles }, clock });
    }),
    close: async () => {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
};

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
    query: here(local.service),
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
    setExit,
    close: local.close,
  };
  return context;
};
