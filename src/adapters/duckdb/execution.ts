import { setImmediate } from 'node:timers/promises';
import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api';
import { OpsError } from '../../base/errors.js';
import type { Execution, QueryBudget, ResultColumn } from '../../core/query/index.js';
import type { GuardedStatement } from './guard/index.js';
import { pipedRows } from './piped-rows.js';
import { planLines } from './plan.js';
import type { Pouring } from './pouring.js';
import { rewrite } from './rewrite.js';
import { lineQuery, type RowColumn, uniqueNames } from './row-json.js';
import type { RowPipes } from './row-pipes.js';
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
  /** Whether rows may be poured where the caller says. */
  readonly pours?: boolean;
  /** Pipes by which poured rows come into this process. */
  readonly pipes?: RowPipes | undefined;
  /** How much of the wall clock was used up before; default 0. */
  readonly spentMs?: number | undefined;
  /** Gives the connection back. */
  readonly close?: () => Promise<void>;
}

const newline = 10;
/** Enough for few writes, little enough to stay in the cache. */
const chunkBytes = 512 * 1024;
/** What takes milliseconds to copy. */
const longBytes = 2 * 1024 * 1024;

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

/** The engine ends a stream that failed in its middle like one that is complete: only a row behind all others tells. */
const withLastLine = (lines: string): string => `${lines}\nUNION ALL SELECT '' AS line`;

/** Why a stream broke off. The engine kept it to itself: the same statement, its rows not wanted, says it again. */
const brokenOff = async (
  connection: DuckDBConnection,
  work: Work,
  { sql, rows }: { readonly sql: string; readonly rows: number },
): Promise<never> => {
  await work.step(() => connection.run(`SELECT max(hash(line)) FROM (${sql}\n)`));
  throw new OpsError(
    'invalid_data',
    `the query failed after ${rows} rows, and the engine does not say why`,
    'ask again',
    {
      reason: 'query_execution_error',
    },
  );
};

async function* drained(
  connection: DuckDBConnection,
  work: Work,
  facts: { sql: string; onRows: (rows: number) => void },
) {
  const result: DuckDBResult = await work.step(() => connection.stream(withLastLine(facts.sql)));
  let complete = false;
  let rows = 0;
  let parts: Buffer[] = [];
  let bytes = 0;
  // The first rows leave at once: somebody may be waiting for them.
  let enough = 1;
  for (;;) {
    const chunk = await work.step(() => result.fetchChunk());
    if (chunk === null || chunk.rowCount === 0) break;
    let counted = chunk.rowCount;
    for (const all of linesOf(chunk)) {
      // No line is empty but the one behind the last.
      complete = all.at(-1) === newline && (all.length === 1 || all.at(-2) === newline);
      if (complete) counted--;
      const lines = complete ? all.subarray(0, -1) : all;
      parts.push(lines);
      bytes += lines.length;
      if (bytes < enough) continue;
      yield parts.length === 1 ? lines : Buffer.concat(parts, bytes);
      // Whoever reads at once would never let anybody else have a turn.
      if (bytes > longBytes) await setImmediate();
      parts = [];
      bytes = 0;
      enough = chunkBytes;
    }
    rows += counted;
    facts.onRows(counted);
  }
  if (bytes > 0) yield Buffer.concat(parts, bytes);
  if (!complete) await brokenOff(connection, work, { sql: facts.sql, rows });
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
  const { budget, signal, secrets, names, pouring, pours = false, pipes, spentMs } = options;
  let placed = true;
  const faults = () => ({
    sql: statement.sql,
    memoryBytes: budget.memoryBytes,
    secrets,
    placed,
    ...(names && { names }),
  });
  const work = startWork(connection, { budget, signal, spentMs, faults });
  let rows = 0;
  let finished = false;
  let piped: Promise<void> | undefined;
  const onRows = (count: number): void => {
    rows += count;
  };
  const close = async (): Promise<void> => {
    if (!finished) work.cancel();
    await work.settled();
    await piped;
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

  const rowsOut = async (): Promise<AsyncGenerator<Uint8Array>> => {
    if (isPlan) return planRows(connection, body, { work, secrets, onRows, ...statement.explain });
    const pipe = pouring && (await pipes?.take());
    if (!pipe) return drained(connection, work, { sql: lines, onRows });
    const out = pipedRows(pipe, { pouring, lines, work, onRows });
    piped = out.ended;
    return out.rows;
  };

  async function* ndjson(): AsyncGenerator<Uint8Array> {
    try {
      yield* await rowsOut();
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
      pours &&
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
