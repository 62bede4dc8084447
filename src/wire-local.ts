import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './base/clock.js';
import { once } from './base/once.js';
import type { EffectiveSettings } from './core/config/index.js';
import type { IdentityService } from './core/identity/index.js';
import type { Extent, ExtentStore, QueryMaintenance, QueryService } from './core/query/index.js';
import { readOnlyContext, readOnlyIdentity, readOnlyQuery } from './wire-read-only.js';

/** Statements that run at once; more wait. Far more than cores: most of the time one waits for its reader. */
const atOnce = 16;

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
export const openLocal = (settings: EffectiveSettings, { clock, newId }: { clock: Clock; newId: () => string }) => {
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
    const opened = databaseEngine({ dataDir, newId, devices: ['/dev/stdout'], instances: atOnce });
    closers.push(opened.close);
    return opened;
  });

  const extents = once(async () => {
    const { extentStore } = await import('./adapters/duckdb/extents/extent-store.js');
    const opened = extentStore({ dataDir, newId, spools: tmpdir() });
    closers.push(opened.close);
    return opened;
  });

  const query = once(async (): Promise<{ service: QueryService; maintenance: QueryMaintenance }> => {
    const { admission, queryService } = await import('./core/query/index.js');
    return queryService({
      catalog: (await store()).catalog,
      extents: lazyExtents(extents),
      engine: { openDatabase: async (scope) => (await engine()).openDatabase(scope) },
      clock,
      admission: admission({ running: atOnce, waiting: 512 }),
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

  const identity = once(async (): Promise<IdentityService> => {
    const [{ identityService }, { argon2Hasher }] = await Promise.all([
      import('./core/identity/index.js'),
      import('./adapters/passwords/index.js'),
    ]);
    const { identity: identities } = await store();
    return identityService({ store: identities, passwords: argon2Hasher(), clock, newId, randomBytes });
  });

  return {
    store,
    identity: async (): Promise<IdentityService> =>
      readOnly ? readOnlyIdentity(await identity(), context) : identity(),
    checkExtent: async (path: string, extent: Pick<Extent, 'rowCount'>) => (await checker()).check(path, extent),
    service: async (): Promise<QueryService> => {
      const { service } = await query();
      return readOnly ? readOnlyQuery(service, context) : service;
    },
    maintenance: async (): Promise<QueryMaintenance> => {
      if (readOnly) throw readOnlyContext(context);
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
