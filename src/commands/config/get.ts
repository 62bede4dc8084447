import { Command } from 'commander';
import type { Context } from '../../context.js';
import { documented } from '../define.js';
import { ConfigRow, notSet, rowOf, soundSettings } from './row.js';

/** `ops config get KEY`: the value in effect. */
export const configGetCommand = (ctx: Context): Command =>
  documented(
    new Command('get')
      .summary('value of a setting')
      .argument('<key>', 'name of the setting')
      .action(async (key: string) => {
        soundSettings(ctx);
        const row = await rowOf(ctx, key);
        if (row.value === null) throw notSet(key);
        await ctx.out.print(row, {
          lines: ({ value }) => [[key, value ?? '']],
          name: ({ value }) => value ?? '',
        });
      }),
    {
      examples: [
        { line: 'ops config get output', does: 'the format in effect' },
        { line: 'ops config get data-dir -o name', does: 'the bare value, for a script' },
        { line: 'ops config get contexts.prod.server', does: 'what one context says' },
      ],
      route: 'none',
      output: ConfigRow,
      exits: [3, 9],
      mendsSettings: true,
      complete: { key: 'config-key' },
    },
  );
