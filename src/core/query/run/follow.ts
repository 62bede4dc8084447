import { isOpsError, OpsError } from '../../../base/errors.js';
import { QueryBudget } from '../model.js';
import type { FollowRequest, QueryResult } from '../query-service.js';
import { pruneOlder } from './prune-older.js';
import { checkText, entered, type RunDeps, resultOf, tablesOf } from './run-query.js';

const pollMs = 250;

/** Somebody who follows already waits for a better moment: the rows stay where they are. */
const isBusy = (error: unknown): boolean => isOpsError(error) && error.code === 'limit_exceeded';

const givingBack =
  (held: { release(): Promise<void> }) =>
  async (error: unknown): Promise<never> => {
    await held.release();
    throw error;
  };

const cannotFollow = (): OpsError =>
  new OpsError(
    'usage',
    '--follow needs a statement that only filters and projects the rows of one table',
    'leave out GROUP BY, ORDER BY, LIMIT, DISTINCT, aggregates and joins',
  );

/** The rows of now, then those of each later ingest, in the order of the commits, each once. */
export async function* followQuery(deps: RunDeps, request: FollowRequest): AsyncIterable<QueryResult> {
  const signal = request.signal ?? new AbortController().signal;
  const budget = QueryBudget.parse(request.budget ?? {});
  const tables = await tablesOf(deps.catalog, request.database);
  checkText(request.sql);
  const open = async () =>
    deps.engine.openDatabase({
      databaseId: tables[0]?.databaseId ?? '',
      database: request.database,
      tables: await tablesOf(deps.catalog, request.database),
      budget,
      now: deps.clock.now(),
      signal,
    });
  const { name, id } = await (async () => {
    const leave = await entered(deps, { budget, signal });
    const probe = await open().catch((error: unknown) => {
      leave();
      throw error;
    });
    try {
      const statement = await probe.check(request.sql);
      const [only] = statement.tables;
      const followable = statement.tables.length === 1 && (await probe.isRowWise(statement));
      const table = tables.find((candidate) => candidate.name === only);
      if (!followable || !table) throw cannotFollow();
      return table;
    } finally {
      await probe.close();
      leave();
    }
  })();

  /** Undefined where there is no place now: only the first rows are refused. */
  const turn = async (first: boolean): Promise<(() => void) | undefined> => {
    try {
      return await entered(deps, { budget, signal });
    } catch (error) {
      if (!first && (signal.aborted || isBusy(error))) return undefined;
      throw error;
    }
  };

  let after: string | undefined;
  for (let first = true; !signal.aborted; first = false) {
    const startedMs = deps.clock.monotonicMs();
    const fresh =
      first || after === undefined
        ? await now(deps, request.database, name, id)
        : await deps.catalog.ingestedSince(id, after);
    const isNews = first || fresh.snapshot.extents.length > 0;
    const leave = isNews ? await turn(first).catch(givingBack(fresh)) : undefined;
    if (!leave) {
      if (!isNews) after = fresh.newest;
      await fresh.release();
      await deps.wait(pollMs, signal);
      continue;
    }
    after = fresh.newest;
    const opened: (() => Promise<void>)[] = [fresh.release];
    try {
      const session = await open();
      opened.push(session.close);
      const statement = await session.check(first ? (request.first ?? request.sql) : request.sql);
      const { newestRows } = request;
      const snapshot = first && newestRows !== undefined ? pruneOlder(fresh.snapshot, newestRows) : fresh.snapshot;
      const execution = await session.execute(statement, {
        tables: new Map([[name, snapshot]]),
        budget,
        signal,
        spentMs: deps.clock.monotonicMs() - startedMs,
      });
      const bytesScanned = snapshot.extents.reduce((sum, { byteSize }) => sum + byteSize, 0);
      yield resultOf(execution, { bytesScanned, startedMs, clock: deps.clock, close: async () => {} });
    } finally {
      await Promise.allSettled(opened.map((give) => give()));
      leave();
    }
  }
}

const now = async (deps: RunDeps, database: string, name: string, tableId: string) => {
  const pinned = await deps.catalog.pin(database, [name]);
  const snapshot = pinned.snapshots.get(name) ?? (await deps.catalog.snapshot(tableId));
  return { snapshot, newest: snapshot.table.currentSnapshot, release: pinned.release };
};
