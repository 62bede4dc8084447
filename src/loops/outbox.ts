import type { Loop } from './loop.js';

const keptMs = 7 * 86_400_000;

/** Forgets events that every consumer has read and that are older than a week. */
export const outbox: Loop = {
  name: 'events.prune',
  area: 'events',
  everyMs: 3_600_000,
  run: async (ctx) => {
    const before = new Date(ctx.clock.now().getTime() - keptMs);
    const pruned = await (await ctx.events()).prune(before);
    return `${pruned} event${pruned === 1 ? '' : 's'} forgotten`;
  },
};
