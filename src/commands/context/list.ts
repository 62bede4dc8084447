import { Command } from 'commander';
import type { Context } from '../../context.js';
import { contextsOf } from '../../core/config/index.js';
import { documented } from '../define.js';
import { ContextRow, clusterOf, contextRow, effectiveContext, flagsOf } from './row.js';

/** `ops context list`: the contexts of config.yaml, and `local`, which always exists. */
export const contextListCommand = (ctx: Context): Command =>
  documented(
    new Command('list').summary('the contexts that exist').action(async () => {
      const config = await (await ctx.configFiles()).read();
      const current = effectiveContext(ctx);
      const rows = contextsOf(config).map(([name, spec]) => contextRow(name, spec, current));
      await ctx.out.list(rows, {
        noun: 'contexts',
        columns: [
          { head: 'NAME', cell: (row) => row.name, id: true },
          { head: 'CURRENT', cell: (row) => (row.current ? '*' : ''), tone: () => 'good' },
          { head: 'MODE', cell: (row) => row.mode },
          { head: 'CLUSTER', cell: clusterOf },
          { head: 'FLAGS', cell: flagsOf, tone: () => 'warn' },
          { head: 'SERVER', cell: (row) => row.server ?? '' },
        ],
        name: (row) => row.name,
      });
      if (ctx.settings.fault) ctx.err.warn(`no context is current: ${ctx.settings.fault.message}`);
    }),
    {
      examples: [
        { line: 'ops context list', does: 'the contexts that exist, and the current one' },
        { line: 'ops context list -o name', does: 'their names, for a script' },
      ],
      route: 'none',
      output: ContextRow,
      many: true,
      exits: [9],
      mendsSettings: true,
    },
  );
