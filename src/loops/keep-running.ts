import type { Loop, LoopContext } from './loop.js';
import { type LoopRun, runLoop } from './run-loop.js';
import type { Timers } from './timers.js';

const longestBackoffMs = 600_000;

/** Pause after so many failures in a row: twice as long each time, up to ten minutes, never shorter than the loop's own. */
export const backoffMs = (everyMs: number, failures: number): number =>
  Math.max(everyMs, Math.min(everyMs * 2 ** failures, longestBackoffMs));

/** Pause after a run, so that runs begin at the loop's pace; a loop that takes all its time still leaves some to others. */
export const pauseMs = (everyMs: number, tookMs: number): number => Math.max(everyMs - tookMs, everyMs / 10);

/** Milliseconds until a loop that began its last run then is due; 0 where it is due. A last run in the future is none. */
export const dueInMs = (everyMs: number, { last, now }: { readonly last: Date; readonly now: Date }): number => {
  const wait = last.getTime() + everyMs - now.getTime();
  // Timers are not exact, and a short wait would only ask the journal twice.
  return wait <= everyMs / 10 || wait > everyMs ? 0 : wait;
};

interface Course {
  readonly report: (about: LoopRun | { readonly loop: string; readonly error: unknown }) => void;
  readonly timers: Timers;
  readonly firstMs: number;
}

/** One loop over and over, until `ctx.signal` aborts. */
export interface RunningLoop {
  readonly loop: string;
  isBusy(): boolean;
  /** Cancels what waits; resolves when the run in flight has ended. */
  stopped(): Promise<void>;
}

/** Runs the loop first after `firstMs`, or when the journal says that it is due, then at its pace. */
export const keepRunning = (ctx: LoopContext, loop: Loop, { report, timers, firstMs }: Course): RunningLoop => {
  let timer: { cancel(): void } | undefined;
  let inFlight: Promise<void> | undefined;
  let failures = 0;
  /** The last run of the journal that was waited for already. */
  let waitedFor: number | undefined;

  /** Runs of other processes count as well; with a clock that stands still each one is waited for only once. */
  const untilDue = async (): Promise<number> => {
    const last = await (await ctx.loopJournal()).lastRun(loop.name);
    if (!last || last.getTime() === waitedFor) return 0;
    waitedFor = last.getTime();
    return dueInMs(loop.everyMs, { last, now: ctx.clock.now() });
  };

  /** What is to be done now; how long to pause then. */
  const turn = async (): Promise<number> => {
    const began = ctx.clock.monotonicMs();
    const wait = await untilDue();
    if (wait > 0) return wait;
    if (!loop.hasWork || (await loop.hasWork(ctx))) report(await runLoop(ctx, loop, { timers }));
    return pauseMs(loop.everyMs, ctx.clock.monotonicMs() - began);
  };

  const attempt = async (): Promise<void> => {
    let pause: number;
    try {
      pause = await turn();
      failures = 0;
    } catch (error) {
      failures++;
      pause = backoffMs(loop.everyMs, failures);
      report({ loop: loop.name, error });
    }
    inFlight = undefined;
    wait(pause);
  };

  const wait = (ms: number): void => {
    if (ctx.signal.aborted) return;
    timer = timers.after(ms, () => {
      if (!ctx.signal.aborted) inFlight = attempt();
    });
  };

  wait(firstMs);
  return {
    loop: loop.name,
    isBusy: () => inFlight !== undefined,
    stopped: async () => {
      timer?.cancel();
      await inFlight;
    },
  };
};
