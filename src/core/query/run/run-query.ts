import type { Clock } from '../../../base/clock.js';
import { OpsError } from '../../../base/errors.js';
import { QueryBudget, type QueryPlan, type Table, type TableSnapshot } from '../model.js';
import { checkDatabaseName, databaseEmpty, databaseNotFound } from '../names.js';
import type { Catalog, CheckedStatement, EngineRun, EngineSession, Execution, QueryEngine } from '../ports.js';
import type { QueryRequest, QueryResult } from '../query-service.js';
import { isVisible } from '../visible.js';
import type { Admission } from './admission.js';
import { prune } from './prune.js';
import { pruneOlder } from './prune-older.js';

export interface RunDeps {
  readonly catalog: Catalog;
  readonly engine: Pick<QueryEngine, 'openDatabase'>;
  readonly clock: Clock;
  /** Resolves after `ms`, at once when aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** How many statements may run and wait at once; without it any number. */
  readonly admission?: Admission;
}

/** `empty_query` for a text without a statement. */
export const checkText = (sql: string): void => {
  if (sql.trim() !== '') return;
  throw new OpsError('invalid_data', 'the query is empty', "give a statement, e.g. ops query 'SELECT 1'", {
    reason: 'empty_query',
  });
};

/** The visible tables. `not_found`: `database_not_found`, or `database_empty` where there is none. */
export const tablesOf = async (catalog: Catalog, database: string): Promise<readonly Table[]> => {
  checkDatabaseName(database);
  const tables = await catalog.tables(database);
  if (!tables) throw databaseNotFound(database);
  const visible = tables.filter(isVisible);
  if (visible.length === 0) throw databaseEmpty(database);
  return visible;
};

/** A place among the statements that run; see `Admission.enter`. The caller gives it back. */
export const entered = async (
  { admission, wait }: Pick<RunDeps, 'admission' | 'wait'>,
  { budget: { wallClockMs }, signal }: Pick<EngineRun, 'budget' | 'signal'>,
): Promise<() => void> => (admission ? admission.enter({ wallClockMs, signal, wait }) : () => {});

/** A statement with everything it may read, pinned; `close` gives all of it back. */
interface Prepared {
  readonly session: EngineSession;
  readonly statement: CheckedStatement;
  readonly run: EngineRun;
  readonly plans: QueryPlan['tables'];
  readonly bytesToScan: number;
  close(): Promise<void>;
}

const checkScan = (bytes: number, limit: number): void => {
  if (bytes <= limit) return;
  throw new OpsError(
    'limit_exceeded',
    `the query would read ${bytes} bytes, its budget is ${limit}`,
    'narrow the time range, or raise --max-scan',
    { reason: 'object_store_exceeded', details: { limit, unit: 'object_store_bytes' } },
  );
};

const scan = (
  pinned: ReadonlyMap<string, TableSnapshot>,
  {
    comparisons,
    newestRows,
  }: {
    readonly comparisons: Awaited<ReturnType<EngineSession['comparisons']>>;
    readonly newestRows: number | undefined;
  },
) => {
  const tables = new Map<string, TableSnapshot>();
  const plans: QueryPlan['tables'] = [];
  for (const [name, snapshot] of pinned) {
    const pruned = prune(
      newestRows === undefined ? snapshot : pruneOlder(snapshot, newestRows),
      comparisons.filter(({ table }) => table === name),
    );
    tables.set(name, pruned.snapshot);
    plans.push({
      table: name,
      extents: snapshot.extents.length,
      extents_scanned: pruned.snapshot.extents.length,
      bytes_to_scan: pruned.snapshot.extents.reduce((sum, { byteSize }) => sum + byteSize, 0),
      pruned_by: [...pruned.by],
    });
  }
  return { tables, plans, bytesToScan: plans.reduce((sum, { bytes_to_scan }) => sum + bytes_to_scan, 0) };
};

/** Find the database, check the text, wait for a turn, pin the snapshots, prune; in this order (`kyma` §2.2). */
const prepare = async (deps: RunDeps, request: QueryRequest): Promise<Prepared> => {
  const startedMs = deps.clock.monotonicMs();
  await tablesOf(deps.catalog, request.database);
  checkText(request.sql);
  const budget = QueryBudget.parse(request.budget ?? {});
  const signal = request.signal ?? new AbortController().signal;
  const opened: (() => void | Promise<void>)[] = [await entered(deps, { budget, signal })];
  const close = async (): Promise<void> => {
    // The place last: whoever comes next finds everything given back.
    const [leave, ...held] = opened.splice(0);
    await Promise.allSettled(held.map((give) => give()));
    await leave?.();
  };
  try {
    // Read again: there may be others after the wait.
    const tables = await tablesOf(deps.catalog, request.database);
    const session = await deps.engine.openDatabase({
      databaseId: tables[0]?.databaseId ?? '',
      database: request.database,
      tables,
      budget,
      now: deps.clock.now(),
      signal,
    });
    opened.push(session.close);
    const statement = await session.check(request.sql);
    const comparisons = await session.comparisons(statement);
    const pinned = await deps.catalog.pin(request.database, statement.tables);
    opened.push(pinned.release);
    const {
      tables: pruned,
      plans,
      bytesToScan,
    } = scan(pinned.snapshots, {
      comparisons,
      newestRows: request.newestRows,
    });
    const spentMs = deps.clock.monotonicMs() - startedMs;
    const run = { tables: pruned, budget, signal, spentMs };
    return { session, statement, run, plans, bytesToScan, close };
  } catch (error) {
    await close();
    throw error;
  }
};

/** The face of an execution: counts, measures, and closes what `close` stands for. */
export const resultOf = (
  execution: Execution,
  facts: { readonly bytesScanned: number; readonly startedMs: number; readonly clock: Clock; close(): Promise<void> },
): QueryResult => {
  let endedMs: number | undefined;
  const ended = (): number => {
    endedMs ??= facts.clock.monotonicMs();
    return endedMs;
  };
  const { pour } = execution;
  return {
    columns: execution.columns,
    async *ndjson() {
      yield* execution.ndjson();
      ended();
    },
    ...(pour && {
      pour: async (device: string) => {
        const poured = await pour(device);
        ended();
        return poured;
      },
    }),
    stats: () => ({
      rows: execution.rows(),
      bytesScanned: facts.bytesScanned,
      elapsedMs: Math.round(ended() - facts.startedMs),
    }),
    cancel: execution.cancel,
    close: async () => {
      execution.cancel();
      try {
        await execution.close();
      } finally {
        await facts.close();
      }
    },
  };
};

/** Runs one statement against one snapshot of each of its tables. The caller must `close` the result. */
export const runQuery = async (deps: RunDeps, request: QueryRequest): Promise<QueryResult> => {
  const startedMs = deps.clock.monotonicMs();
  const prepared = await prepare(deps, request);
  try {
    checkScan(prepared.bytesToScan, prepared.run.budget.scanBytes);
    const execution = await prepared.session.execute(prepared.statement, prepared.run);
    return resultOf(execution, {
      bytesScanned: prepared.bytesToScan,
      startedMs,
      clock: deps.clock,
      close: prepared.close,
    });
  } catch (error) {
    await prepared.close();
    throw error;
  }
};

/** What would run: extents before and after pruning, bytes to scan, the engine's plan. Reads no rows. */
export const explainQuery = async (deps: RunDeps, request: QueryRequest): Promise<QueryPlan> => {
  const prepared = await prepare(deps, request);
  try {
    return {
      sql: prepared.statement.sql,
      tables: prepared.plans,
      bytes_to_scan: prepared.bytesToScan,
      plan: await prepared.session.explain(prepared.statement, prepared.run),
    };
  } finally {
    await prepared.close();
  }
};
