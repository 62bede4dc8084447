import { Command } from 'commander';
import { parseTime } from '../../base/time.js';
import type { Context } from '../../context.js';
import { CleanupResult } from '../../core/query/index.js';
import { cleanupView } from '../../render/query.js';
import { documented } from '../define.js';
import { countOf } from './count-of.js';
import { parseWritableTableRef } from './table-name.js';

const run = async (ctx: Context, word: string, { before }: { readonly before: string }): Promise<void> => {
  const { database, table } = parseWritableTableRef(word);
  const instant = parseTime(before, { flag: '--before', now: ctx.clock.now() });
  const service = await ctx.query();
  const { row_count } = await service.describe(database, table);
  const what = `the replaced and expired files of ${database}.${table} that left it before ${instant.toISOString()}`;
  if (ctx.settings.dryRun) return ctx.err.note(`dry run: ${what} would be deleted`);
  await ctx.confirm({
    what: `delete ${what}`,
    consequence: `they cannot be brought back; the ${countOf(row_count, 'row')} in the table stay`,
  });
  await ctx.out.print(await service.cleanup(database, table, instant), cleanupView);
};

/** `ops logs cleanup DB.T --before TIME`: deletes the files that no snapshot needs any more. */
export const logsCleanupCommand = (ctx: Context): Command =>
  documented(
    new Command('cleanup')
      .summary('delete files that compaction and retention have replaced')
      .argument('<table>', 'DATABASE.TABLE, or TABLE in the database default')
      .requiredOption('--before <time>', 'replaced before this: RFC 3339, a date, now, or a duration ago')
      .action((word: string, flags: { readonly before: string }) => run(ctx, word, flags)),
    {
      examples: [
        { line: 'ops logs cleanup checkout --before 1h --yes', does: 'free what was replaced an hour ago or earlier' },
        { line: 'ops logs cleanup shop.orders --before 2026-03-01 --dry-run', does: 'only say what would happen' },
      ],
      route: 'POST /v1/database/{db}/table/{t}/cleanup',
      output: CleanupResult,
      exits: [3, 4, 5, 6, 12],
      complete: { table: 'table' },
    },
  );
