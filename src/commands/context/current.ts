import { Command } from 'commander';
import { z } from 'zod';
import type { Context } from '../../context.js';
import { contextNamed, origins } from '../../core/config/index.js';
import { documented } from '../define.js';
import { ContextRow, contextRow, contextView } from './row.js';

const Current = ContextRow.extend({
  origin: z.enum(origins),
  /** The flag, variable or file that chose it; null for the default. */
  from: z.string().nullable(),
});

/** `ops context current`: the context in effect, and who chose it. */
export const contextCurrentCommand = (ctx: Context): Command =>
  documented(
    new Command('current').summary('the context in effect').action(async () => {
      const name = ctx.settings.context;
      const config = await (await ctx.configFiles()).read();
      const said = ctx.settings.origins.get('current-context');
      const current: z.infer<typeof Current> = {
        ...contextRow(name, contextNamed(config, name), name),
        origin: said?.origin ?? 'default',
        from: said?.from || null,
      };
      await ctx.out.print(current, {
        ...contextView,
        lines: (it) => [
          ...contextView.lines(it),
          ['chosen by', it.from === null ? it.origin : `${it.origin}: ${it.from}`],
        ],
      });
    }),
    {
      examples: [
        { line: 'ops context current', does: 'where commands work, and who says so' },
        { line: 'ops context current -o name', does: 'only its name, e.g. for a prompt' },
      ],
      route: 'none',
      output: Current,
      exits: [3, 9],
    },
  );
