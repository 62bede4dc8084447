import { Command } from 'commander';
import { OpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';
import { BackupResult } from '../../core/shared/index.js';
import { documented } from '../define.js';
import { backupView } from './backup-view.js';

const run = async (ctx: Context, file: string): Promise<void> => {
  if (ctx.settings.readOnly)
    throw new OpsError(
      'forbidden',
      `context "${ctx.settings.context}" is read-only`,
      'choose another context with --context',
      {
        reason: 'read_only_context',
      },
    );
  const directory = await ctx.dataDirectory();
  if (ctx.settings.dryRun) return ctx.err.note(`dry run: ${file} would be unpacked into ${directory.path}`);
  ctx.err.progress(`unpacking into ${directory.path}`);
  const result = await directory.restore(file, ctx.signal);
  ctx.err.progressDone();
  ctx.err.note(`unpacked into ${directory.path}; check it with \`ops data verify\``);
  await ctx.out.print(result, backupView);
};

/** `ops data restore FILE`: an archive back into an empty data directory. */
export const dataRestoreCommand = (ctx: Context): Command =>
  documented(
    new Command('restore')
      .summary('an archive back into an empty data directory')
      .argument('<file>', 'archive that `ops data backup` wrote')
      .action((file: string) => run(ctx, file)),
    {
      examples: [
        { line: 'ops data restore monday.tar --data-dir ./recovered', does: 'beside the data you have' },
        { line: 'ops data restore monday.tar', does: 'into the empty data directory of a new machine' },
      ],
      route: 'none',
      output: BackupResult,
      exits: [3, 4, 5, 6, 9, 130],
      localOnly: 'it fills a data directory of this machine',
      complete: { file: 'file' },
    },
  );
