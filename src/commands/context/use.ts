import { Command } from 'commander';
import type { Context } from '../../context.js';
import { contextNamed, useContext } from '../../core/config/index.js';
import { documented } from '../define.js';
import { ContextRow, contextRow, contextView } from './row.js';

/** `ops context use NAME`: work there from now on. */
export const contextUseCommand = (ctx: Context): Command =>
  documented(
    new Command('use')
      .summary('work in another context from now on')
      .argument('<name>', 'name of the context')
      .action(async (name: string) => {
        const files = await ctx.configFiles();
        const { dryRun } = ctx.settings;
        const { config } = await files.change((before) => useContext(before, name), { dryRun });
        await ctx.out.print(contextRow(name, contextNamed(config, name), name), contextView);
        if (dryRun) return ctx.err.note(`--dry-run: ${name} would be the current context; nothing was written`);
        ctx.err.note(`${name} is the current context`);
        const said = ctx.settings.origins.get('current-context');
        if (said?.origin === 'environment')
          ctx.err.warn(`${said.from} still chooses ${said.value} in this shell: \`unset ${said.from}\``);
      }),
    {
      examples: [
        { line: 'ops context use lab', does: 'work in lab from now on' },
        { line: 'ops context use local', does: 'back to this machine' },
      ],
      route: 'none',
      output: ContextRow,
      exits: [3, 4, 5, 6, 9],
      mendsSettings: true,
      complete: { name: 'context' },
    },
  );
