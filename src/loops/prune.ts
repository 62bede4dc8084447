import type { Loop } from './loop.js';
import { projector } from './project.js';

const keptMs = 7 * 86_400_000;

/** Forgets events that every consumer has read and that are older than a week. */
export const pruning: Loop = {
  name: 'events.prune',
  area: 'events',
  everyMs: 3_600_000,
  run: async (ctx) => {
    const events = await ctx.events();
    // A consumer that has never run has no cursor, and the log would not wait for it: so it gets one, at the start.
    await events.advance(projector, 0);
    const pruned = await events.prune(new Date(ctx.clock.now().getTime() - keptMs));
    return `${pruned} event${pruned === 1 ? '' : 's'} forgotten`;
  },
};
