import { Command } from 'commander';
import type { Context } from '../../context.js';
import { TableDetails } from '../../core/query/index.js';
import { tableView } from '../../render/query.js';
import { documented } from '../define.js';
import { parseTableRef } from './table-name.js';

/** `ops logs table get DB.T`: columns, rows, bytes, retention. */
export const logsTableGetCommand = (ctx: Context): Command =>
  documented(
    new Command('get')
      .summary('columns, rows, size and retention of a table')
      .argument('<table>', 'DATABASE.TABLE, or TABLE in the database default')
      .action(async (word: string) => {
        const { database, table } = parseTableRef(word);
        await ctx.out.print(await (await ctx.query()).describe(database, table), tableView);
      }),
    {
      examples: [
        { line: 'ops logs table get checkout', does: 'what the table holds' },
        { line: 'ops logs table get shop.orders --jq .row_count', does: 'only the number of rows' },
      ],
      route: 'GET /v1/admin/databases/{db}/tables/{t}',
      output: TableDetails,
      exits: [3, 6],
      complete: { table: 'table' },
    },
  );
