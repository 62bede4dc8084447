import { Command } from 'commander';
import { OpsError } from '../../base/errors.js';
import { nearest } from '../../base/nearest.js';
import type { Context } from '../../context.js';
import { contextNamed, useCluster } from '../../core/config/index.js';
import { documented } from '../define.js';
import { ContextRow, contextRow, contextView } from './row.js';

/** The context of this name in the kubeconfig in use. Throws `not_found` where there is none. */
const clusterNamed = async (ctx: Context, name: string) => {
  const said = ctx.settings.origins.get('kubeconfig');
  const file = said?.value || undefined;
  const found = await (await ctx.configFiles()).kubeContexts(file);
  if (!found)
    throw new OpsError(
      'not_found',
      `no kubeconfig found${file === undefined ? '' : ` at ${file}`}`,
      'name one with --kubeconfig FILE, or use the cluster `embedded`',
    );
  if (!found.names.includes(name)) {
    const near = nearest(name, ['embedded', ...found.names]);
    const names = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are: ${found.names.join(', ')}`;
    throw new OpsError(
      'not_found',
      `${found.files.join(', ')} has no context "${name}"`,
      `${names} Or use \`embedded\``,
    );
  }
  return { kubeContext: name, kubeconfig: said?.origin === 'flag' ? file : undefined };
};

/** `ops context use-cluster NAME`: which cluster the current context works with. */
export const contextUseClusterCommand = (ctx: Context): Command =>
  documented(
    new Command('use-cluster')
      .summary('choose the cluster of the current context')
      .argument('<name>', '`embedded`, or a context of the kubeconfig')
      .action(async (cluster: string) => {
        const name = ctx.settings.context;
        const choice = cluster === 'embedded' ? 'embedded' : await clusterNamed(ctx, cluster);
        const files = await ctx.configFiles();
        const { dryRun } = ctx.settings;
        const { config } = await files.change((before) => useCluster(before, name, choice), { dryRun });
        await ctx.out.print(contextRow(name, contextNamed(config, name), name), contextView);
        if (dryRun) return ctx.err.note(`--dry-run: context ${name} would use the cluster; nothing was written`);
        ctx.err.note(`context ${name} works with cluster ${cluster}`);
      }),
    {
      examples: [
        { line: 'ops context use-cluster lab', does: 'a context of the kubeconfig' },
        { line: 'ops context use-cluster embedded', does: 'the built-in cluster' },
      ],
      route: 'none',
      output: ContextRow,
      exits: [3, 4, 5, 6, 9],
    },
  );
