import { Command } from 'commander';
import { OpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';
import { TableDetails } from '../../core/query/index.js';
import { tableView } from '../../render/query.js';
import { documented } from '../define.js';
import { parseWritableTableRef } from './table-name.js';
import { parseRetention } from './table-spec.js';

const retentionText = (days: number | null): string =>
  days === null ? 'for ever' : `for ${days} day${days === 1 ? '' : 's'}`;

const run = async (
  ctx: Context,
  word: string,
  { retentionDays }: { readonly retentionDays?: string },
): Promise<void> => {
  const { database, table } = parseWritableTableRef(word);
  if (retentionDays === undefined)
    throw new OpsError(
      'usage',
      'nothing to change',
      `say what, e.g. \`ops logs table update ${word} --retention-days 30\``,
    );
  const days = parseRetention(retentionDays);
  const service = await ctx.query();
  const before = await service.describe(database, table); // An update never creates.
  const change = `${database}.${table} keeps its rows ${retentionText(days)}, before: ${retentionText(before.retention_days)}`;
  if (ctx.settings.dryRun) return ctx.err.note(`dry run: ${change}`);
  await service.provision(database, table, { retention_days: days });
  ctx.err.note(change);
  await ctx.out.print(await service.describe(database, table), tableView);
};

/** `ops logs table update DB.T`: how long rows are kept. */
export const logsTableUpdateCommand = (ctx: Context): Command =>
  documented(
    new Command('update')
      .summary('change how long a table keeps its rows')
      .argument('<table>', 'DATABASE.TABLE, or TABLE in the database default')
      .option('--retention-days <days>', 'forget rows older than this; none = never')
      .action((word: string, flags: { readonly retentionDays?: string }) => run(ctx, word, flags)),
    {
      examples: [
        { line: 'ops logs table update checkout --retention-days 30', does: 'forget after a month' },
        { line: 'ops logs table update checkout --retention-days none', does: 'keep for ever' },
      ],
      route: 'POST /v1/admin/databases/{db}/tables/{t}',
      output: TableDetails,
      exits: [3, 4, 5, 6, 9],
      complete: { table: 'table' },
    },
  );
