import type { DuckDBConnection } from '@duckdb/node-api';
import { isOpsError } from '../../base/errors.js';
import type { QueryBudget } from '../../core/query/index.js';
import { engineFault, type FaultScope, isInterrupt, wallClockExceeded } from './errors.js';
import { stopwatch } from './stopwatch.js';

const interruptMs = 20;

/** The engine's steps for one statement, under its budget. */
export interface Work {
  /** Runs one step of the engine; its time counts. Rejects with what stopped it: the budget, the signal, a fault. */
  step<T>(run: () => Promise<T>): Promise<T>;
  /** Interrupts the step that runs and lets none begin; safe at any time. */
  cancel(): void;
  readonly cancelled: boolean;
  /** Calls `listener` once when the work is stopped, whatever for; at once where it is stopped already. */
  onStop(listener: () => void): void;
  /** From here until `resume` the step that runs waits for somebody else: its time does not count. */
  pause(): void;
  resume(): void;
  /** When the step that runs, if any, is over. Ends the clock. */
  settled(): Promise<void>;
}

export interface WorkOptions {
  readonly budget: QueryBudget;
  readonly signal: AbortSignal;
  /** How much of the wall clock was used up before; default 0. */
  readonly spentMs?: number | undefined;
  /** What errors are translated with; asked for when one happens. */
  readonly faults: () => FaultScope;
}

/**
 * The clock runs only while the engine works: somebody who reads the rows slowly uses up nothing. `interrupt` reaches
 * only a step that is running, so whatever stops the work also bars the next step.
 */
export const startWork = (connection: DuckDBConnection, { budget, signal, spentMs = 0, faults }: WorkOptions): Work => {
  let stop: { readonly reason: unknown } | undefined;
  let running: Promise<unknown> | undefined;
  let interrupting: NodeJS.Timeout | undefined;
  const listeners: (() => void)[] = [];
  const stopWith = (reason: unknown): void => {
    stop ??= { reason };
    for (const listener of listeners.splice(0)) listener();
    if (!running || interrupting) return;
    connection.interrupt();
    // A step that is just about to begin forgets the interrupt; so it is said again until the step is over.
    interrupting = setInterval(() => connection.interrupt(), interruptMs);
  };
  const exceeded = (): void => stopWith(wallClockExceeded(budget.wallClockMs));
  const clock = stopwatch(budget.wallClockMs - spentMs, exceeded);
  const onAbort = (): void => stopWith(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  if (spentMs >= budget.wallClockMs) exceeded();

  const cancelled = Symbol('cancelled');
  const stopped = (): { readonly reason: unknown } | undefined => stop;
  const rejection = (error: unknown): unknown => {
    const because = stopped();
    if (because && (isInterrupt(error) || because.reason !== cancelled)) return because.reason;
    return isOpsError(error) ? error : engineFault(error, faults());
  };

  return {
    async step(run) {
      if (stop) throw stop.reason;
      clock.start();
      try {
        const step = run();
        running = step;
        const done = await step;
        const because = stopped();
        if (because && because.reason !== cancelled) throw because.reason;
        return done;
      } catch (error) {
        throw rejection(error);
      } finally {
        running = undefined;
        clearInterval(interrupting);
        interrupting = undefined;
        clock.stop();
      }
    },
    cancel: () => stopWith(cancelled),
    get cancelled() {
      return stop?.reason === cancelled;
    },
    onStop: (listener) => {
      if (stop) listener();
      else listeners.push(listener);
    },
    pause: () => clock.stop(),
    resume: () => {
      if (running) clock.start();
    },
    async settled() {
      signal.removeEventListener('abort', onAbort);
      await running?.catch(() => undefined);
    },
  };
};
