import type { LoopContext } from './loop.js';
import { type LoopRun, runLoop } from './run-loop.js';
import { loops } from './table.js';

/** Runs every loop (of one area, where named) once, one after the other. */
export async function* runDue(ctx: LoopContext, { area }: { readonly area?: string } = {}): AsyncIterable<LoopRun> {
  for (const loop of loops) {
    if (ctx.signal.aborted) throw ctx.signal.reason;
    if (area === undefined || loop.area === area) yield await runLoop(ctx, loop);
  }
}
