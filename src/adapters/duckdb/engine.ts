import { constants as modes } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { EngineSession, QueryBudget, QueryEngine, Table } from '../../core/query/index.js';
import { databaseFolder, extentsRoot, temporaryFolder } from './extents/paths.js';
import { type InstancePool, instancePool, type Lease, ownInstance } from './instance-pool.js';
import { ownFolderName } from './leftovers.js';
import type { LockedInstanceOptions } from './locked-instance.js';
import { macroSetup } from './macros.js';
import { identifier } from './quote.js';
import { rowPipes } from './row-pipes.js';
import { tableSession } from './table-session.js';

export interface DatabaseEngineOptions {
  readonly dataDir: string;
  readonly newId: () => string;
  /** Devices that rows may be poured into, e.g. `/dev/stdout`; without any no execution has `pour`. */
  readonly devices?: readonly string[];
  /** How many instances of one database may be in use at once; further queries wait for one. Default 4. */
  readonly instances?: number;
}

const defaultInstances = 4;
/** How many results may be read by way of pipes at once; further ones are read the general way. */
const pipeCount = 16;
const idleMs = 60_000;

/** Schemas that the engine has already, or keeps for itself: such a database has its tables in `main`. */
const reserved = new Set(['main', 'temp', 'system', 'memory', 'information_schema', 'pg_catalog']);

const schemaOf = (database: string): string => (reserved.has(database.toLowerCase()) ? 'main' : database);

const isWritable = async (folder: string): Promise<boolean> => {
  try {
    await access(folder, modes.W_OK);
    return true;
  } catch {
    // Missing or read-only: then nothing spills.
    return false;
  }
};

/** Sessions on stored tables: each in an engine instance that reads the extents of one database and nothing else. */
export const databaseEngine = (
  options: DatabaseEngineOptions,
): Pick<QueryEngine, 'openDatabase'> & { close(): Promise<void> } => {
  const dataDir = resolve(options.dataDir);
  const devices = options.devices ?? [];
  const pools = new Map<string, InstancePool>();
  const id = options.newId();
  const pipeNames = Array.from({ length: pipeCount }, (_, index) => `pour-${id}-${index}`);
  const pipes = rowPipes([
    pipeNames.map((name) => join(temporaryFolder(dataDir), name)),
    pipeNames.map((name) => join(resolve(tmpdir()), `ops-${name}`)),
  ]);

  const optionsOf = async (
    scope: { readonly databaseId: string; readonly database: string },
    budget: QueryBudget,
  ): Promise<LockedInstanceOptions> => {
    const schema = schemaOf(scope.database);
    const temporary = temporaryFolder(dataDir);
    const spills = !budget.memoryIsBound && (await isWritable(temporary));
    return {
      memoryBytes: budget.memoryBytes,
      // A folder of its own: instances would take each other's files for their own.
      spill: spills && { folder: join(temporary, ownFolderName('spill', options.newId())) },
      directories: [databaseFolder(dataDir, scope.databaseId)],
      paths: [...devices, ...pipes.paths],
      setup: [...(schema === 'main' ? [] : [`CREATE SCHEMA ${identifier(schema)}`]), ...macroSetup],
      searchPath: schema === 'main' ? ['main'] : [schema, 'main'],
    };
  };

  const poolOf = (key: string): InstancePool => {
    const known = pools.get(key);
    if (known) return known;
    const pool = instancePool({ size: options.instances ?? defaultInstances, idleMs });
    pools.set(key, pool);
    return pool;
  };

  const leaseFor = async (
    scope: { readonly databaseId: string; readonly database: string },
    budget: QueryBudget,
    signal: AbortSignal,
  ): Promise<Lease> => {
    const instance = await optionsOf(scope, budget);
    if (budget.memoryIsBound) return ownInstance(instance);
    return poolOf(`${scope.databaseId} ${scope.database} ${budget.memoryBytes}`).take(instance, {
      wallClockMs: budget.wallClockMs,
      signal,
    });
  };

  return {
    openDatabase: async (scope: {
      readonly databaseId: string;
      readonly database: string;
      readonly tables: readonly Table[];
      readonly budget: QueryBudget;
      readonly now: Date;
      readonly signal?: AbortSignal;
    }): Promise<EngineSession> => {
      const lease = await leaseFor(scope, scope.budget, scope.signal ?? new AbortController().signal);
      return tableSession(lease, {
        ...scope,
        dataDir,
        schema: schemaOf(scope.database),
        secrets: [extentsRoot(dataDir), dataDir, options.dataDir],
        pours: devices.length > 0,
        pipes,
      });
    },
    close: async () => {
      for (const pool of pools.values()) pool.close();
      pools.clear();
      pipes.close();
    },
  };
};
