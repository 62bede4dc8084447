import { Command } from 'commander';
import { z } from 'zod';
import type { Context } from '../../context.js';
import { documented } from '../define.js';

const Paths = z.object({
  config: z.string(),
  /** Null where no project file is in effect. */
  project: z.string().nullable(),
  data: z.string(),
  state: z.string(),
  cache: z.string(),
});

/** `ops config path`: the files and folders in use. */
export const configPathCommand = (ctx: Context): Command =>
  documented(
    new Command('path').summary('files and folders in use').action(async () => {
      const files = await ctx.configFiles();
      const { dataDir, stateDir, cacheDir } = ctx.settings;
      const paths: z.infer<typeof Paths> = {
        config: files.file,
        project: files.projectFile ?? null,
        data: dataDir,
        state: stateDir,
        cache: cacheDir,
      };
      await ctx.out.print(paths, {
        lines: (it) => Object.entries(it).map(([what, path]): [string, string] => [what, path ?? '-']),
        name: (it) => it.config,
      });
    }),
    {
      examples: [
        { line: 'ops config path', does: 'where everything is' },
        { line: '$EDITOR "$(ops config path -o name)"', does: 'edit config.yaml' },
      ],
      route: 'none',
      output: Paths,
      mendsSettings: true,
    },
  );
