import type { Loop, LoopContext } from './loop.js';

/** A run that takes longer loses its lease unless it renews; it renews at a third of this. */
const leaseMs = 60_000;

export interface LoopRun {
  readonly loop: string;
  readonly ran: boolean;
  readonly detail: string;
}

/** Renews the lease until `stop`; a lost lease aborts nothing, since every commit of a loop is a compare-and-swap. */
const keepLease = (ctx: LoopContext, loop: Loop, holder: string): { stop(): void } => {
  const renew = setInterval(async () => {
    try {
      await (await ctx.leases()).acquire(loop.name, holder, leaseMs, ctx.clock.now());
    } catch {
      // The store is busy or gone; the run itself will meet the same trouble and report it.
      clearInterval(renew);
    }
  }, leaseMs / 3);
  renew.unref();
  return { stop: () => clearInterval(renew) };
};

/** One pass of one loop under its lease; `ran: false` where another process holds it. Failures are thrown. */
export const runLoop = async (ctx: LoopContext, loop: Loop): Promise<LoopRun> => {
  const leases = await ctx.leases();
  const holder = `${process.pid}-${ctx.newId()}`;
  if (!(await leases.acquire(loop.name, holder, leaseMs, ctx.clock.now()))) {
    const other = (await leases.held(ctx.clock.now())).find(({ name }) => name === loop.name);
    return { loop: loop.name, ran: false, detail: `held by ${other?.holder ?? 'another process'}` };
  }
  const startedAt = ctx.clock.now();
  const lease = keepLease(ctx, loop, holder);
  try {
    const detail = await loop.run(ctx);
    await (await ctx.loopJournal()).record(loop.name, { startedAt, ok: true, detail });
    return { loop: loop.name, ran: true, detail };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    await (await ctx.loopJournal()).record(loop.name, { startedAt, ok: false, detail });
    throw error;
  } finally {
    lease.stop();
    await leases.release(loop.name, holder);
  }
};
