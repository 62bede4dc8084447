import type { Clock } from '../../base/clock.js';
import { OpsError } from '../../base/errors.js';
import { QueryBudget, type QueryPlan } from './model.js';
import type { CheckedStatement, EngineRun, FileSession, QueryEngine } from './ports.js';
import type { FileQueries, FileQueryRequest } from './query-service.js';
import { checkText, resultOf } from './run/run-query.js';

export interface FileQueriesDeps {
  readonly engine: Pick<QueryEngine, 'openFiles'>;
  readonly clock: Clock;
}

interface Prepared {
  readonly session: FileSession;
  readonly statement: CheckedStatement;
  readonly run: EngineRun;
}

const never = new AbortController().signal;

const checkScan = (bytes: number, limit: number): void => {
  if (bytes <= limit) return;
  throw new OpsError(
    'limit_exceeded',
    `the query would read ${bytes} bytes of files, its budget is ${limit}`,
    'name fewer files, or raise --max-scan',
    { reason: 'object_store_exceeded', details: { limit, unit: 'object_store_bytes' } },
  );
};

const prepare = async ({ engine, clock }: FileQueriesDeps, request: FileQueryRequest): Promise<Prepared> => {
  checkText(request.sql);
  const budget = QueryBudget.parse(request.budget ?? {});
  const signal = request.signal ?? never;
  const session = await engine.openFiles({
    files: request.files,
    ...(request.pattern !== undefined && { pattern: request.pattern }),
    budget,
    now: clock.now(),
    signal,
  });
  try {
    const statement = await session.check(request.sql);
    checkScan(session.bytes(statement.tables), budget.scanBytes);
    return { session, statement, run: { tables: new Map(), budget, signal } };
  } catch (error) {
    await session.close();
    throw error;
  }
};

/** Questions to files: nothing is stored, and nothing is left behind once the result is closed. */
export const fileQueries = (deps: FileQueriesDeps): FileQueries => ({
  query: async (request) => {
    const startedMs = deps.clock.monotonicMs();
    const { session, statement, run } = await prepare(deps, request);
    try {
      const execution = await session.execute(statement, run);
      const result = resultOf(execution, {
        bytesScanned: session.bytes(statement.tables),
        startedMs,
        clock: deps.clock,
        close: () => session.close(),
      });
      return { ...result, warnings: session.warnings };
    } catch (error) {
      await session.close();
      throw error;
    }
  },

  explain: async (request) => {
    const { session, statement, run } = await prepare(deps, request);
    try {
      const plan = await session.explain(statement, run);
      const tables = statement.tables.map((table): QueryPlan['tables'][number] => ({
        table,
        extents: 1,
        extents_scanned: 1,
        bytes_to_scan: session.bytes([table]),
        pruned_by: [],
      }));
      return { sql: statement.sql, tables, bytes_to_scan: session.bytes(statement.tables), plan };
    } finally {
      await session.close();
    }
  },
});
