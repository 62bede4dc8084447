import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api';
import type { Execution, QueryBudget, ResultColumn } from '../../core/query/index.js';
import type { GuardedStatement } from './guard/index.js';
import { planLines } from './plan.js';
import { rewrite } from './rewrite.js';
import { lineQuery, type RowColumn, uniqueNames } from './row-json.js';
import { linesOf } from './string-chunk.js';
import { resultColumn } from './types.js';
import { startWork, type Work } from './work.js';

/** What an execution needs beside its statement. */
export interface ExecuteOptions {
  readonly budget: QueryBudget;
  readonly signal: AbortSignal;
  /** Texts that no message and no plan may show: paths of our own. */
  readonly secrets: readonly string[];
  /** Names of columns and tables, offered where an unknown one is used. */
  readonly names?: readonly string[];
  /** How the rows can be poured, for statements that go row by row. */
  readonly pouring?: Pouring | undefined;
  /** Gives the connection back. */
  readonly close?: () => Promise<void>;
}

/** Writes all rows of `lineQuery` to a device in the engine's threads; the work's steps carry its budget. */
export type Pouring = (pour: {
  readonly device: string;
  readonly lines: string;
  readonly work: Work;
  readonly written: (rows: number) => void;
}) => Promise<{ readonly closed: boolean }>;

/** Enough for few writes, little enough to stay in the cache. */
const chunkBytes = 512 * 1024;

const describe = async (connection: DuckDBConnection, sql: string): Promise<readonly RowColumn[]> => {
  const prepared = await connection.prepare(sql);
  try {
    const count = Array.from({ length: prepared.columnCount }, (_, index) => index);
    const names = uniqueNames(count.map((index) => prepared.columnName(index)));
    return count.map((index) => ({ name: names[index] ?? '', type: prepared.columnType(index) }));
  } finally {
    prepared.destroySync();
  }
};

async function* drained(
  connection: DuckDBConnection,
  work: Work,
  facts: { sql: string; onRows: (rows: number) => void },
) {
  const result: DuckDBResult = await work.step(() => connection.stream(facts.sql));
  let parts: Buffer[] = [];
  let bytes = 0;
  // The first rows leave at once: somebody may be waiting for them.
  let enough = 1;
  for (;;) {
    const chunk = await work.step(() => result.fetchChunk());
    if (chunk === null || chunk.rowCount === 0) break;
    const lines = linesOf(chunk);
    facts.onRows(chunk.rowCount);
    parts.push(lines);
    bytes += lines.length;
    if (bytes < enough) continue;
    yield parts.length === 1 ? lines : Buffer.concat(parts, bytes);
    parts = [];
    bytes = 0;
    enough = chunkBytes;
  }
  if (bytes > 0) yield Buffer.concat(parts, bytes);
}

const planColumn: ResultColumn = { name: 'plan', type: 'string', engineType: 'VARCHAR' };

async function* planRows(
  connection: DuckDBConnection,
  body: string,
  facts: {
    readonly work: Work;
    readonly secrets: readonly string[];
    readonly onRows: (rows: number) => void;
    readonly analyze?: boolean;
    readonly json?: boolean;
  },
) {
  const { work, secrets, onRows, analyze = false, json = false } = facts;
  const lines = await work.step(() => planLines(connection, body, { analyze, json, secrets }));
  onRows(lines.length);
  yield Buffer.from(lines.map((plan) => `${JSON.stringify({ plan })}\n`).join(''));
}

/**
 * Binds the statement and gets it ready to be read; see `Execution`. The wall clock covers every step of the engine
 * from here on. Errors: `invalid_data` (`sql_parse_error`, `query_execution_error`), `limit_exceeded`, the signal's
 * reason. The caller owns `connection` until `close`, and may not use it meanwhile.
 */
export const execute = async (
  connection: DuckDBConnection,
  statement: GuardedStatement,
  options: ExecuteOptions,
): Promise<Execution> => {
  const { budget, signal, secrets, names, pouring } = options;
  let placed = true;
  const faults = () => ({
    sql: statement.sql,
    memoryBytes: budget.memoryBytes,
    secrets,
    placed,
    ...(names && { names }),
  });
  const work = startWork(connection, { budget, signal, faults });
  let rows = 0;
  let finished = false;
  const onRows = (count: number): void => {
    rows += count;
  };
  const close = async (): Promise<void> => {
    if (!finished) work.cancel();
    await work.settled();
    // A result that was not read to its end keeps its rows and files until the next statement; a connection that is
    // broken shows at its next use.
    if (!finished) await connection.run('SELECT 1').catch(() => undefined);
    await options.close?.();
  };

  // Bound on its own first: then the places in its errors are places in the text of the user.
  const { body, bound } = await work
    .step(async () => {
      const rewritten = await rewrite(connection, statement.tree);
      placed = rewritten === undefined;
      const body = rewritten ?? statement.body;
      return { body, bound: await describe(connection, body) };
    })
    .catch(async (error: unknown) => {
      await work.settled();
      throw error;
    });
  placed = false;
  const isPlan = statement.kind === 'explain';
  const lines = lineQuery(body, bound);

  async function* ndjson(): AsyncGenerator<Uint8Array> {
    try {
      yield* isPlan
        ? planRows(connection, body, { work, secrets, onRows, ...statement.explain })
        : drained(connection, work, { sql: lines, onRows });
      finished = true;
    } catch (error) {
      // Whoever cancelled knows; for everyone else it is an error.
      if (!work.cancelled) throw error;
    }
  }

  return {
    columns: isPlan ? [planColumn] : bound.map(({ name, type }) => resultColumn(name, type)),
    ndjson,
    ...(pouring &&
      !isPlan && {
        pour: async (device: string) => {
          const poured = await pouring({ device, lines, work, written: onRows });
          finished = true;
          return poured;
        },
      }),
    rows: () => rows,
    cancel: () => {
      if (!finished) work.cancel();
    },
    close,
  };
};
