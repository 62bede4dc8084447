import { Command } from 'commander';
import { z } from 'zod';
import type { Context } from '../../context.js';
import { contextNamed, deleteContext } from '../../core/config/index.js';
import { documented } from '../define.js';

const Deleted = z.object({ name: z.string(), deleted: z.boolean(), file: z.string() });

const settingsLeave = (count: number): string =>
  count === 1 ? 'Its one setting leaves' : `Its ${count} settings leave`;

/** `ops context delete NAME`: forgets what is written of it; what is stored stays. */
export const contextDeleteCommand = (ctx: Context): Command =>
  documented(
    new Command('delete')
      .summary('forget a context; its data stays')
      .argument('<name>', 'name of the context')
      .action(async (name: string) => {
        const files = await ctx.configFiles();
        const { dryRun } = ctx.settings;
        const before = await files.read();
        const spec = contextNamed(before, name);
        // Whatever stands in the way is said before anybody is asked.
        deleteContext(before, name);
        if (!dryRun)
          await ctx.confirm({
            what: `delete context "${name}"`,
            consequence: `${settingsLeave(Object.keys(spec).length)} ${files.file}; data and token files stay.`,
            ...(spec.protected ? { name } : {}),
          });
        const { file } = await files.change((config) => deleteContext(config, name), { dryRun });
        const deleted: z.infer<typeof Deleted> = { name, deleted: !dryRun, file };
        await ctx.out.print(deleted, {
          lines: (it) => [
            ['name', it.name],
            ['file', it.file],
          ],
          name: (it) => it.name,
        });
        if (dryRun) return ctx.err.note(`--dry-run: context ${name} would be deleted; nothing was written`);
        ctx.err.note(`deleted context ${name}; see the others with \`ops context list\``);
      }),
    {
      examples: [
        { line: 'ops context delete lab', does: 'asks first' },
        { line: 'ops context delete lab --yes', does: 'for a script' },
      ],
      route: 'none',
      output: Deleted,
      exits: [3, 4, 5, 6, 9, 12],
      mendsSettings: true,
      complete: { name: 'context' },
    },
  );
