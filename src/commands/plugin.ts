import { Command } from 'commander';
import { z } from 'zod';
import type { Context } from '../context.js';
import { documented } from './define.js';
import { childNamed } from './frame/manifest.js';
import { pluginsOnPath } from './frame/plugins.js';
import type { Frame } from './frame/tree.js';

const PluginRow = z.object({
  name: z.string(),
  path: z.string(),
  status: z.enum(['active', 'shadowed']),
  /** What runs instead. */
  shadowedBy: z.string().nullable(),
});
type PluginRow = z.infer<typeof PluginRow>;

/** `ops plugin list`: every `ops-*` on PATH, and whether it is what `ops NAME` runs. */
export const pluginListCommand = (ctx: Context, { manifest }: Frame): Command =>
  documented(
    new Command('list').summary('plugins on PATH').action(async () => {
      const first = new Map<string, string>();
      const rows = pluginsOnPath(ctx.env).map(({ name, path }): PluginRow => {
        const shadowedBy = childNamed(manifest, [], name) ? `ops ${name}` : first.get(name);
        if (!first.has(name)) first.set(name, path);
        return { name, path, status: shadowedBy === undefined ? 'active' : 'shadowed', shadowedBy: shadowedBy ?? null };
      });
      await ctx.out.list(rows, {
        noun: 'plugins',
        columns: [
          { head: 'NAME', cell: (row) => row.name, id: true },
          { head: 'STATUS', cell: (row) => row.status, tone: (row) => (row.status === 'active' ? 'good' : 'warn') },
          { head: 'PATH', cell: (row) => row.path },
          { head: 'SHADOWED BY', cell: (row) => row.shadowedBy ?? '' },
        ],
        name: (row) => row.name,
      });
    }),
    {
      examples: [
        { line: 'ops plugin list', does: 'the plugins found, and those that something hides' },
        { line: `ops plugin list --jq 'select(.status == "shadowed")'`, does: 'only the hidden ones' },
      ],
      route: 'none',
      output: PluginRow,
      many: true,
      mendsSettings: true,
    },
  );
