import { Command } from 'commander';
import type { Context } from '../../context.js';
import { CatalogSchema } from '../../core/query/index.js';
import { schemaView } from '../../render/query.js';
import { documented } from '../define.js';

/** `ops logs schema`: databases, tables and columns. */
export const logsSchemaCommand = (ctx: Context): Command =>
  documented(
    new Command('schema').summary('databases, tables and columns').action(async () => {
      await ctx.out.print(await (await ctx.query()).schema(), schemaView);
    }),
    {
      examples: [
        { line: 'ops logs schema', does: 'everything as a tree' },
        { line: "ops logs schema --jq '.databases[].tables[].name'", does: 'the names of all tables' },
      ],
      route: 'GET /v1/catalog/schema',
      output: CatalogSchema,
      exits: [6],
    },
  );
