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

/** `--rows`: all of them since a stated time, else the newest hundred; 0 = all. Throws `usage`. */
const wantedRows = ({ rows, since }: Pick<TailFlags, 'rows' | 'since'>): number | undefined => {
  if (rows === undefined) return since === undefined ? defaultRows : undefined;
  if (!/^\d+$/.test(rows))
    throw new OpsError('usage', `--rows: "${rows}" is not a number of rows`, 'use 100, or 0 for all');
  return rows === '0' ? undefined : Number(rows);
};

const run = async (ctx: Context, word: string, flags: TailFlags): Promise<void> => {
  const { database, table } = parseTableRef(word, flags.db);
  const rows = wantedRows(flags);
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
  if (flags.follow) return follow(ctx, { database, sql: followSql(tail), first: tailSql(tail) }, { stats: false });
  const result = await service.query({ database, sql: tailSql(tail), signal: ctx.signal });
  try {
    const shown = await ctx.out.rows(result);
    if (flags.rows === undefined && rows !== undefined && shown === rows && details.row_count > rows)
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
