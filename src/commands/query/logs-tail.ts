import { Command } from 'commander';
import { OpsError } from '../../base/errors.js';
import { parseTime } from '../../base/time.js';
import type { Context } from '../../context.js';
import { documented } from '../define.js';
import { countOf } from './count-of.js';
import { follow } from './follow.js';
import { parseTableRef } from './table-name.js';
import { followSql, type Tail, tailSql } from './tail-sql.js';

interface TailFlags {
  readonly db?: string;
  readonly since?: string;
  readonly where?: string;
  readonly rows?: string;
  readonly follow?: boolean;
}

const defaultRows = 100;

/**
 * The smaller of `--rows` and `--limit`, 0 = all; without either all of them since a stated time, else the newest
 * hundred. Throws `usage`.
 */
const wantedRows = (
  { rows, since }: Pick<TailFlags, 'rows' | 'since'>,
  limit: number | undefined,
): number | undefined => {
  if (rows !== undefined && !/^\d+$/.test(rows))
    throw new OpsError('usage', `--rows: "${rows}" is not a number of rows`, 'use 100, or 0 for all');
  const given = [rows === undefined ? undefined : Number(rows), limit].filter((count) => count !== undefined);
  if (given.length === 0) return since === undefined ? defaultRows : undefined;
  // Cut here and not on the way out, where the newest rows come last.
  const bounds = given.filter((count) => count > 0);
  return bounds.length === 0 ? undefined : Math.min(...bounds);
};

const run = async (ctx: Context, word: string, flags: TailFlags): Promise<void> => {
  const { database, table } = parseTableRef(word, flags.db);
  const rows = wantedRows(flags, ctx.out.limit);
  const since =
    flags.since === undefined ? undefined : parseTime(flags.since, { flag: '--since', now: ctx.clock.now() });
  const service = await ctx.query();
  const details = await service.describe(database, table);
  const timeColumn = details.time_column ?? undefined;
  if (since && timeColumn === undefined)
    throw new OpsError(
      'usage',
      `${database}.${table} has no time column, so --since cannot be answered`,
      `take the last rows with --rows, or state the column: \`ops logs table create ${database}.${table} --time-column NAME\``,
    );
  const tail: Tail = { table: details.table, timeColumn, since, where: flags.where, rows };
  // A condition of the user's may be true of old rows only: then all of them are read.
  const newest = rows !== undefined && flags.where === undefined ? { newestRows: rows } : {};
  if (flags.follow)
    return follow(ctx, { database, sql: followSql(tail), first: tailSql(tail), ...newest }, { stats: false });
  const result = await service.query({ database, sql: tailSql(tail), signal: ctx.signal, ...newest });
  try {
    const shown = await ctx.out.rows(result);
    const isUnasked = flags.rows === undefined && ctx.out.limit === undefined;
    if (isUnasked && rows !== undefined && shown === rows && details.row_count > rows)
      ctx.err.note(
        `the newest ${countOf(rows, 'row')} of ${details.row_count.toLocaleString('en')}; --rows 0 shows all, --since 10m those of a time`,
      );
  } finally {
    await result.close();
  }
};

/** `ops logs tail TABLE`: the newest rows, newest last, and with `--follow` those to come. */
export const logsTailCommand = (ctx: Context): Command =>
  documented(
    new Command('tail')
      .summary('the newest rows of a table, newest last')
      .argument('<table>', 'TABLE, or DATABASE.TABLE')
      .option('--db <name>', 'database (default: default)')
      .option('--since <time>', 'rows since then: RFC 3339, a date, or a duration ago')
      .option('--where <condition>', 'only rows for which this SQL condition holds')
      .option('--rows <n>', 'how many rows; 0 = all (default: 100, with --since all)')
      .option('--follow', 'go on with the rows of each later ingest')
      .action((word: string, flags: TailFlags) => run(ctx, word, flags)),
    {
      examples: [
        { line: 'ops logs tail checkout --since 10m', does: 'the last ten minutes' },
        { line: `ops logs tail checkout --follow --where "level = 'error'"`, does: 'errors, as they come' },
      ],
      route: 'POST /v1/query',
      exits: [3, 6, 8, 9, 130],
      complete: { table: 'table', db: 'database' },
    },
  );
