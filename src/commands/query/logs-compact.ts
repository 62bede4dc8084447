import { Command } from 'commander';
import type { Context } from '../../context.js';
import { CompactResult } from '../../core/query/index.js';
import { compactView } from '../../render/query.js';
import { documented } from '../define.js';
import { countOf } from './count-of.js';
import { parseWritableTableRef } from './table-name.js';

const run = async (ctx: Context, word: string): Promise<void> => {
  const { database, table } = parseWritableTableRef(word);
  const service = await ctx.query();
  if (ctx.settings.dryRun) {
    const { extent_count } = await service.describe(database, table);
    return ctx.err.note(
      `dry run: small ones among the ${countOf(extent_count, 'extent')} of ${database}.${table} would be merged`,
    );
  }
  const result = await service.compact(database, table);
  ctx.err.note(
    result.snapshot_id === null
      ? `nothing to merge in ${database}.${table}`
      : `merged; \`ops logs cleanup ${database}.${table} --before now\` frees the old files`,
  );
  await ctx.out.print(result, compactView);
};

/** `ops logs compact DB.T`: merges small files into big ones; no row changes. */
export const logsCompactCommand = (ctx: Context): Command =>
  documented(
    new Command('compact')
      .summary('merge the small files of a table into big ones')
      .argument('<table>', 'DATABASE.TABLE, or TABLE in the database default')
      .action((word: string) => run(ctx, word)),
    {
      examples: [
        { line: 'ops logs compact checkout', does: 'now, instead of by and by' },
        { line: 'ops logs compact shop.orders --jq .extents_after', does: 'how many files are left' },
      ],
      route: 'POST /ops/v1/query/databases/{db}/tables/{t}/compact',
      output: CompactResult,
      exits: [3, 4, 5, 6],
      complete: { table: 'table' },
    },
  );
