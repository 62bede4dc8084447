import { Command } from 'commander';
import type { Context } from '../../context.js';
import { UsageRow } from '../../core/shared/index.js';
import { usageView } from '../../render/data.js';
import { usesUnicode } from '../../render/index.js';
import { documented } from '../define.js';

/** `ops data usage`: what the data directory holds, in bytes. */
export const dataUsageCommand = (ctx: Context): Command =>
  documented(
    new Command('usage').summary('bytes by area').action(async () => {
      const rows = await (await ctx.dataDirectory()).usage();
      await ctx.out.list(rows, usageView(rows, { unicode: usesUnicode(ctx.env) }));
    }),
    {
      examples: [
        { line: 'ops data usage', does: 'who takes the room' },
        { line: 'ops data usage --sort -bytes --limit 5', does: 'the largest' },
      ],
      route: 'none',
      output: UsageRow,
      many: true,
      exits: [3, 6],
      localOnly: 'it measures a data directory of this machine',
    },
  );
