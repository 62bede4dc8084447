import { formatDuration } from '../../base/duration.js';
import { isOpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';
import type { FollowRequest } from '../../core/query/index.js';
import { queryStatsLine } from '../../render/query.js';
import { countOf } from './count-of.js';

/**
 * Shows the rows of now and those of each later ingest until Ctrl-C, `--limit`, or a reader that has gone. Ctrl-C is how
 * following ends: it says how many rows were shown; the exit code (130) is the caller's. A deadline is an error.
 */
export const follow = async (
  ctx: Context,
  request: Omit<FollowRequest, 'signal'>,
  { stats }: { readonly stats: boolean },
): Promise<void> => {
  const startedMs = ctx.clock.monotonicMs();
  let shown = 0;
  for await (const result of (await ctx.query()).follow({ ...request, signal: ctx.signal })) {
    try {
      shown += (await ctx.out.rows(result, { live: true })) ?? 0;
      if (stats) ctx.err.summary(queryStatsLine(result.stats()));
    } catch (error) {
      if (!ctx.signal.aborted) throw error;
    } finally {
      await result.close();
    }
    if (ctx.out.closed || ctx.signal.aborted) break;
  }
  if (!ctx.signal.aborted) return;
  ctx.err.summary(`${countOf(shown, 'row')} followed (${formatDuration(ctx.clock.monotonicMs() - startedMs)})`);
  const { reason } = ctx.signal;
  if (isOpsError(reason) && reason.code === 'timeout') throw reason;
};
