import { OpsError } from '../../../base/errors.js';
import { QueryBudget } from '../model.js';
import type { FollowRequest, QueryResult } from '../query-service.js';
import { checkText, type RunDeps, resultOf, tablesOf } from './run-query.js';

export interface FollowDeps extends RunDeps {
  /** Resolves after `ms`, at once when aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

const pollMs = 250;

const cannotFollow = (): OpsError =>
  new OpsError(
    'usage',
    '--follow needs a statement that only filters and projects the rows of one table',
    'leave out GROUP BY, ORDER BY, LIMIT, DISTINCT, aggregates and joins',
  );

/** The rows of now, then those of each later ingest, in the order of the commits, each once. */
export async function* followQuery(deps: FollowDeps, request: FollowRequest): AsyncIterable<QueryResult> {
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
    });
  const probe = await open();
  const { name, id } = await (async () => {
    try {
      const statement = await probe.check(request.sql);
      const [only] = statement.tables;
      const followable = statement.tables.length === 1 && (await probe.isRowWise(statement));
      const table = tables.find((candidate) => candidate.name === only);
      if (!followable || !table) throw cannotFollow();
      return table;
    } finally {
      await probe.close();
    }
  })();

  let after: string | undefined;
  for (let first = true; !signal.aborted; first = false) {
    const startedMs = deps.clock.monotonicMs();
    const fresh =
      first || after === undefined
        ? await now(deps, request.database, name, id)
        : await deps.catalog.ingestedSince(id, after);
    after = fresh.newest;
    if (!first && fresh.snapshot.extents.length === 0) {
      await fresh.release();
      await deps.wait(pollMs, signal);
      continue;
    }
    const session = await open();
    try {
      const statement = await session.check(first ? (request.first ?? request.sql) : request.sql);
      const execution = await session.execute(statement, {
        tables: new Map([[name, fresh.snapshot]]),
        budget,
        signal,
      });
      const bytesScanned = fresh.snapshot.extents.reduce((sum, { byteSize }) => sum + byteSize, 0);
      yield resultOf(execution, { bytesScanned, startedMs, clock: deps.clock, close: async () => {} });
    } finally {
      await Promise.allSettled([session.close(), fresh.release()]);
    }
  }
}

const now = async (deps: RunDeps, database: string, name: string, tableId: string) => {
  const pinned = await deps.catalog.pin(database, [name]);
  const snapshot = pinned.snapshots.get(name) ?? (await deps.catalog.snapshot(tableId));
  return { snapshot, newest: snapshot.table.currentSnapshot, release: pinned.release };
};
