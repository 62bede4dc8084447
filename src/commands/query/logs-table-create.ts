import { Command } from 'commander';
import { isOpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';
import { TableProvisioned, TableSpec } from '../../core/query/index.js';
import { provisionedView } from '../../render/query.js';
import { documented } from '../define.js';
import { readText } from './read-text.js';
import { parseWritableTableRef, type TableRef } from './table-name.js';
import { parseSpec, type TableFlags, tableSpec } from './table-spec.js';

const collect = (word: string, before: readonly string[] = []): readonly string[] => [...before, word];

/** True where the table stands already; any other trouble than its absence is thrown. */
const exists = async (ctx: Context, { database, table }: TableRef): Promise<boolean> => {
  try {
    await (await ctx.query()).describe(database, table);
    return true;
  } catch (error) {
    if (isOpsError(error) && error.code === 'not_found') return false;
    throw error;
  }
};

const run = async (ctx: Context, word: string, flags: TableFlags): Promise<void> => {
  const ref = parseWritableTableRef(word);
  const { file } = ctx.settings;
  const body = file === undefined ? {} : parseSpec(TableSpec, { text: await readText(ctx, file), path: file });
  const spec = tableSpec(body, flags);
  const name = `${ref.database}.${ref.table}`;
  if (ctx.settings.dryRun) {
    const there = await exists(ctx, ref);
    return ctx.err.note(
      `dry run: ${there ? `${name} exists, it would be brought to this form` : `${name} would be created`}`,
    );
  }
  const provisioned = await (await ctx.query()).provision(ref.database, ref.table, spec);
  ctx.err.note(
    provisioned.created
      ? `created ${name}; fill it with \`ops ingest ${ref.table}${ref.database === 'default' ? '' : ` --db ${ref.database}`} FILE\``
      : `${name} existed`,
  );
  await ctx.out.print(provisioned, provisionedView);
};

/** `ops logs table create DB.T`: makes a table, or brings one that exists to this form. */
export const logsTableCreateCommand = (ctx: Context): Command =>
  documented(
    new Command('create')
      .summary('create a table; one that exists gets the missing columns')
      .argument('<table>', 'DATABASE.TABLE, or TABLE in the database default')
      .option('--column <name:type>', 'a declared column (without any: at, label, body, props); repeatable', collect)
      .option('--retention-days <days>', 'forget rows older than this; none = never')
      .option('--time-column <name>', 'the column that tells when a row happened')
      .action((word: string, flags: TableFlags) => run(ctx, word, flags)),
    {
      examples: [
        { line: 'ops logs table create checkout', does: 'with the columns at, label, body, props' },
        {
          line: 'ops logs table create shop.orders --column at:datetime --column id:long --time-column at --retention-days 30',
          does: 'with columns of its own',
        },
        { line: 'ops logs table create checkout -f table.json', does: 'from a JSON body' },
      ],
      route: 'POST /v1/admin/databases/{db}/tables/{t}',
      output: TableProvisioned,
      exits: [3, 4, 5, 6, 9],
      complete: { table: 'table' },
    },
  );
