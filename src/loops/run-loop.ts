import { OpsError } from '../base/errors.js';
import { linkedAbort } from './linked-abort.js';
import type { Loop, LoopContext } from './loop.js';
import { systemTimers, type Timers } from './timers.js';

/** A run that takes longer loses its lease unless it renews; it renews at a third of this. */
const leaseMs = 60_000;

/** What one loop did; `ran` is false where another process holds it. */
export interface LoopRun {
  readonly loop: string;
  readonly ran: boolean;
  readonly detail: string;
}

interface HeldLease {
  readonly holder: string;
  readonly timers: Timers;
  /** Called once, where another process has taken the lease over. */
  lost(): void;
}

/** Renews the lease until `stop`. */
const keepLease = (ctx: LoopContext, loop: Loop, { holder, timers, lost }: HeldLease): { stop(): void } => {
  let stopped = false;
  let timer: { cancel(): void };
  const renew = async (): Promise<void> => {
    try {
      const kept = await (await ctx.leases()).acquire(loop.name, holder, leaseMs, ctx.clock.now());
      if (stopped) return;
      if (!kept) return lost();
    } catch {
      // A busy store: the next renewal makes up for it, two may be missed. A store that is gone fails the run itself.
    }
    if (!stopped) arm();
  };
  const arm = (): void => {
    timer = timers.after(leaseMs / 3, () => void renew());
  };
  arm();
  return {
    stop: () => {
      stopped = true;
      timer.cancel();
    },
  };
};

const takenOver = (loop: string): OpsError =>
  new OpsError(
    'conflict',
    `another process has taken over the loop ${loop}`,
    'nothing needs to be done: it goes on there',
  );

/**
 * One pass of one loop under its lease; `ran: false` where another process holds it. Failures are thrown. A lease lost
 * on the way aborts the signal that the loop sees; what it commits nevertheless is a compare-and-swap.
 */
export const runLoop = async (
  ctx: LoopContext,
  loop: Loop,
  { timers = systemTimers }: { readonly timers?: Timers } = {},
): Promise<LoopRun> => {
  const leases = await ctx.leases();
  const holder = `${process.pid}-${ctx.newId()}`;
  if (!(await leases.acquire(loop.name, holder, leaseMs, ctx.clock.now()))) {
    const other = (await leases.held(ctx.clock.now())).find(({ name }) => name === loop.name);
    return { loop: loop.name, ran: false, detail: `held by ${other?.holder ?? 'another process'}` };
  }
  const startedAt = ctx.clock.now();
  const { controller, unlink } = linkedAbort(ctx.signal);
  const lease = keepLease(ctx, loop, { holder, timers, lost: () => controller.abort(takenOver(loop.name)) });
  try {
    const detail = await loop.run({ ...ctx, signal: controller.signal });
    await (await ctx.loopJournal()).record(loop.name, { startedAt, ok: true, detail });
    return { loop: loop.name, ran: true, detail };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    await (await ctx.loopJournal()).record(loop.name, { startedAt, ok: false, detail });
    throw error;
  } finally {
    unlink();
    lease.stop();
    await leases.release(loop.name, holder);
  }
};
