import type { Loop, LoopContext } from './loop.js';
import { outbox } from './outbox.js';
import { compaction, retention, sweep } from './query.js';
import { type LoopRun, runLoop } from './run-loop.js';

/** Every loop there is. Adding one is a line here. */
export const loops: readonly Loop[] = [compaction, retention, sweep, outbox];

/** Runs every loop (of one area, where named) once, one after the other. */
export async function* runDue(ctx: LoopContext, { area }: { readonly area?: string } = {}): AsyncIterable<LoopRun> {
  for (const loop of loops) {
    if (ctx.signal.aborted) throw ctx.signal.reason;
    if (area === undefined || loop.area === area) yield await runLoop(ctx, loop);
  }
}

export type { Loop, LoopContext, LoopRun };
