import { Command } from 'commander';
import { z } from 'zod';
import { OpsError } from '../base/errors.js';
import { nearest } from '../base/nearest.js';
import type { Context } from '../context.js';
import { type LoopRun, loops, runDue } from '../loops/index.js';
import type { ListView } from '../render/index.js';
import { documented } from './define.js';

/** What one loop did. */
const LoopRow = z.object({
  loop: z.string(),
  /** False where another process holds the loop. */
  ran: z.boolean(),
  detail: z.string(),
});

const view: ListView<LoopRun> = {
  noun: 'loops',
  verdict: true,
  fields: Object.keys(LoopRow.shape),
  name: ({ loop }) => loop,
  columns: [
    { head: 'LOOP', cell: ({ loop }) => loop, id: true },
    { head: 'RAN', cell: ({ ran }) => (ran ? 'yes' : 'no'), tone: ({ ran }) => (ran ? 'good' : 'warn') },
    { head: 'DETAIL', cell: ({ detail }) => detail },
  ],
};

const checkArea = (area: string): void => {
  const areas = [...new Set(loops.map((loop) => loop.area))].sort();
  if (areas.includes(area)) return;
  const near = nearest(area, areas)[0];
  throw new OpsError(
    'not_found',
    `no area "${area}" has background work`,
    near === undefined ? `there are: ${areas.join(', ')}` : `did you mean \`ops run --due ${near}\`?`,
  );
};

const run = async (ctx: Context, area: string | undefined, { due }: { readonly due?: boolean }): Promise<void> => {
  if (due !== true) throw new OpsError('usage', 'say what to run', 'run all background work once with `ops run --due`');
  if (area !== undefined) checkArea(area);
  if (ctx.settings.dryRun) {
    const names = loops.filter((loop) => area === undefined || loop.area === area).map(({ name }) => name);
    return ctx.err.note(`dry run: ${names.join(', ')} would run`);
  }
  await ctx.out.list(runDue(ctx, area === undefined ? {} : { area }), view);
};

/** `ops run --due [AREA]`: every loop once, then exit; for cron, where no server runs. */
export const runCommand = (ctx: Context): Command =>
  documented(
    new Command('run')
      .summary('run the background work once, without a server')
      .argument('[area]', 'only the loops of this area')
      .option('--due', 'every loop once')
      .action((area: string | undefined, flags: { readonly due?: boolean }) => run(ctx, area, flags)),
    {
      examples: [
        { line: 'ops run --due', does: 'compaction, retention and all the rest, once' },
        { line: 'ops run --due query', does: 'only the loops of the query area' },
      ],
      route: 'none',
      output: LoopRow,
      many: true,
      exits: [3, 4, 5, 6, 130],
      localOnly: 'a server runs its own loops',
    },
  );
