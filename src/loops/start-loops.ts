import { OpsError } from '../base/errors.js';
import { keepRunning } from './keep-running.js';
import { linkedAbort } from './linked-abort.js';
import type { Loop, LoopContext } from './loop.js';
import { type LoopNames, loopsNamed } from './loop-names.js';
import type { LoopRun } from './run-loop.js';
import { systemTimers, type Timers } from './timers.js';

/** How long a run in flight may take to end once the loops are stopped. */
const stopMs = 10_000;

/** A run that was made or left to another process, or what went wrong; the loop goes on all the same. */
export type LoopReport = LoopRun | { readonly loop: string; readonly error: unknown };

export interface StartOptions {
  readonly names: LoopNames;
  /** Told after each run; what it throws is ignored. */
  readonly report: (report: LoopReport) => void;
  readonly timers?: Timers;
  /** From 0 to 1. */
  readonly random?: () => number;
  /** Default: those of `names`. */
  readonly loops?: readonly Loop[];
}

export interface RunningLoops {
  /** Begins nothing more and waits for the runs in flight, at most ten seconds; one that takes longer is reported. */
  stop(): Promise<void>;
}

const unfinished = (loop: string): OpsError =>
  new OpsError(
    'timeout',
    `the loop ${loop} did not end within ${stopMs / 1_000} s of the stop`,
    'nothing needs to be done: its lease expires within a minute, and the next run goes on from the store',
  );

/**
 * Runs the loops of these names until `stop`: each at its own pace, one run at a time, under its lease, begun soon
 * after the start unless the journal says that it is not due yet. A loop that fails pauses twice as long each time, up
 * to ten minutes, and never ends the process. Throws `usage` for an unknown name.
 */
export const startLoops = (ctx: LoopContext, options: StartOptions): RunningLoops => {
  const { names, timers = systemTimers, random = Math.random, loops = loopsNamed(names) } = options;
  const { controller, unlink } = linkedAbort(ctx.signal);
  const { signal } = controller;
  const report = (about: LoopReport): void => {
    try {
      options.report(about);
    } catch {
      // Whoever listens may fail; the work goes on, and the journal holds what was done.
    }
  };
  const running = loops.map((loop, index) =>
    keepRunning({ ...ctx, signal }, loop, { report, timers, firstMs: 500 * (index + 1) + 1_000 * random() }),
  );

  const stopAll = async (): Promise<void> => {
    unlink();
    controller.abort(new OpsError('interrupted', 'the server stops', 'start it again with `ops serve`'));
    const idle = Promise.all(running.map((each) => each.stopped()));
    await new Promise<void>((resolve) => {
      const deadline = timers.after(stopMs, () => {
        for (const { loop, isBusy } of running) if (isBusy()) report({ loop, error: unfinished(loop) });
        resolve();
      });
      void idle.then(() => {
        deadline.cancel();
        resolve();
      });
    });
  };

  let stopped: Promise<void> | undefined;
  return {
    stop: () => {
      stopped ??= stopAll();
      return stopped;
    },
  };
};
