import type { Loop } from './loop.js';

const minuteMs = 60_000;

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Merges small extents, so that many small ingests do not leave many small files. */
export const compaction: Loop = {
  name: 'query.compaction',
  area: 'query',
  everyMs: minuteMs,
  run: async (ctx) => `${counted(await (await ctx.maintenance()).compactDue(ctx.signal), 'extent')} merged`,
};

/** Lets whole extents go when their newest row is older than the table keeps. */
export const retention: Loop = {
  name: 'query.retention',
  area: 'query',
  everyMs: 10 * minuteMs,
  run: async (ctx) => `${counted(await (await ctx.maintenance()).retainDue(ctx.signal), 'extent')} expired`,
};

/** Removes files that no snapshot needs any more: after an hour, and never one that a query reads. */
export const sweep: Loop = {
  name: 'query.sweep',
  area: 'query',
  everyMs: 10 * minuteMs,
  run: async (ctx) => `${counted(await (await ctx.maintenance()).sweep(ctx.signal), 'file')} removed`,
};
