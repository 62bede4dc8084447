import { Command } from 'commander';
import type { Context } from '../../context.js';
import { keyNames } from '../../core/config/index.js';
import { documented } from '../define.js';
import { ConfigRow, configRow, soundSettings } from './row.js';

/** `ops config list`: every setting, its value and who says so. */
export const configListCommand = (ctx: Context): Command =>
  documented(
    new Command('list').summary('every setting and where it comes from').action(async () => {
      soundSettings(ctx);
      await ctx.out.list(
        keyNames.map((key) => configRow(ctx, key)),
        {
          noun: 'settings',
          columns: [
            { head: 'KEY', cell: ({ key }) => key, id: true },
            {
              head: 'VALUE',
              cell: ({ value }) => value ?? '-',
              tone: ({ value }) => (value === null ? 'dim' : undefined),
            },
            {
              head: 'ORIGIN',
              cell: ({ origin }) => origin,
              tone: ({ origin }) => (origin === 'default' ? 'dim' : undefined),
            },
            { head: 'FROM', cell: ({ from }) => from ?? '', shrink: 2 },
          ],
          name: ({ key }) => key,
        },
      );
    }),
    {
      examples: [
        { line: 'ops config list', does: 'what holds in this folder, in this context' },
        { line: `ops config list --jq '.[] | select(.origin != "default")'`, does: 'only what somebody has set' },
      ],
      route: 'none',
      output: ConfigRow,
      many: true,
      exits: [9],
      mendsSettings: true,
    },
  );
