import type { Context } from '../../context.js';
import { type FileSource, fileTables, type QueryPlan, type QueryResult } from '../../core/query/index.js';
import { planView, queryStatsLine } from '../../render/query.js';
import { expectationText, meets, type RowExpectation } from './expect-rows.js';
import { follow } from './follow.js';
import type { QueryWish } from './query-flags.js';
import { problemText, queryReport, reportRequests, writeReports } from './report.js';

/** Stands in for stdin where no table reads it. */
async function* nothing(): AsyncGenerator<Uint8Array> {}

/** The files that `--from` names as tables. Opens stdin only where `-` is among them. */
export const filesOf = async (
  ctx: Context,
  { from, format }: Pick<QueryWish, 'from' | 'format'>,
): Promise<readonly FileSource[]> => {
  const readsStdin = from.some((word) => word === '-' || word.endsWith('=-'));
  const stdin = readsStdin ? await (await ctx.files()).open('-') : nothing();
  return fileTables(from, { stdin, format });
};

interface Asking {
  query(): Promise<QueryResult>;
  explain(): Promise<QueryPlan>;
}

/** The same two questions to files or to a database. */
const asking = async (ctx: Context, wish: QueryWish, sql: string): Promise<Asking> => {
  const { budget, database, pattern } = wish;
  const { signal } = ctx;
  if (wish.from.length === 0) {
    const service = await ctx.query();
    const request = { database, sql, budget, signal };
    return { query: () => service.query(request), explain: () => service.explain(request) };
  }
  const [files, fileQueries] = await Promise.all([filesOf(ctx, wish), ctx.fileQueries()]);
  const request = { files, sql, budget, signal, ...(pattern !== undefined && { pattern }) };
  return { query: () => fileQueries.query(request), explain: () => fileQueries.explain(request) };
};

/** Rows to stdout, statistics to stderr; how many rows there were where somebody must know. */
const pourOut = async (
  ctx: Context,
  result: QueryResult,
  { stats, countAll }: { readonly stats: boolean; readonly countAll: boolean },
): Promise<number | undefined> => {
  try {
    const count = await ctx.out.rows(result, { countAll });
    for (const warning of result.warnings ?? []) ctx.err.warn(warning);
    if (stats) ctx.err.summary(queryStatsLine(result.stats()));
    return count;
  } finally {
    await result.close();
  }
};

/** Runs the query for its row count: rows on stdout, the verdict in the exit code and the reports. */
const judge = async (ctx: Context, question: Question, expect: RowExpectation): Promise<void> => {
  const { wish, sql } = question;
  const requests = reportRequests(ctx, wish.reports);
  const startedMs = ctx.clock.monotonicMs();
  const timeMs = (): number => Math.max(0, ctx.clock.monotonicMs() - startedMs);
  try {
    const result = await (await asking(ctx, wish, sql)).query();
    const found = (await pourOut(ctx, result, { stats: wish.stats, countAll: true })) ?? result.stats().rows;
    const held = meets(expect, found);
    const message = expectationText(expect, found);
    if (!held) {
      ctx.setExit(1);
      ctx.err.warn(message);
    }
    await writeReports(ctx, requests, queryReport(sql, { status: held ? 'pass' : 'fail', timeMs: timeMs(), message }));
  } catch (error) {
    const report = queryReport(sql, { status: 'error', timeMs: timeMs(), message: problemText(error) });
    await writeReports(ctx, requests, report);
    throw error;
  }
};

export interface Question {
  readonly wish: QueryWish;
  readonly sql: string;
}

/** Puts the statement to the files or the database and shows what comes back in the way that was asked for. */
export const answer = async (ctx: Context, question: Question): Promise<void> => {
  const { wish, sql } = question;
  if (wish.expect) return judge(ctx, question, wish.expect);
  if (wish.mode === 'follow')
    return follow(ctx, { database: wish.database, sql, budget: wish.budget }, { stats: wish.stats });
  const asked = await asking(ctx, wish, sql);
  if (wish.mode === 'explain') return ctx.out.print(await asked.explain(), planView);
  await pourOut(ctx, await asked.query(), { stats: wish.stats, countAll: false });
};
