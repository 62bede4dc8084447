import { Command } from 'commander';
import type { Context } from '../../context.js';
import { BackupResult } from '../../core/shared/index.js';
import { documented } from '../define.js';
import { backupView } from './backup-view.js';

const run = async (ctx: Context, file: string): Promise<void> => {
  const directory = await ctx.dataDirectory();
  if (ctx.settings.dryRun) return ctx.err.note(`dry run: ${directory.path} would be archived as ${file}`);
  ctx.err.progress(`archiving ${directory.path}`);
  const result = await directory.backup(file, ctx.signal);
  ctx.err.progressDone();
  ctx.err.note(`archived ${directory.path}; put it back with \`ops data restore ${file} --data-dir DIR\``);
  await ctx.out.print(result, backupView);
};

/** `ops data backup FILE`: the data directory as one consistent archive. */
export const dataBackupCommand = (ctx: Context): Command =>
  documented(
    new Command('backup')
      .summary('the data directory as one consistent archive, while others work')
      .argument('<file>', 'archive to write; must not exist')
      .action((file: string) => run(ctx, file)),
    {
      examples: [
        { line: 'ops data backup monday.tar', does: 'everything that is stored' },
        { line: 'ops data backup "/backup/ops-$(date +%F).tar" -q', does: 'from a nightly job' },
      ],
      route: 'none',
      output: BackupResult,
      exits: [3, 4, 5, 6, 130],
      localOnly: 'it archives a data directory of this machine',
      complete: { file: 'file' },
    },
  );
