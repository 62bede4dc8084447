import { OpsError } from '../../../base/errors.js';

/** A bounded gate: so many statements at once, so many that wait for their turn, none beyond. */
export interface Admission {
  /**
   * Resolves, in the order of the calls, with the function that gives the place back (once; again does nothing).
   * Errors: `limit_exceeded` with reason `too_many_requests` at once where too many wait already, or
   * `wall_clock_exceeded` after `wallClockMs` of waiting; the signal's reason when it aborts.
   */
  enter(visitor: {
    readonly wallClockMs: number;
    readonly signal: AbortSignal;
    /** Resolves after `ms`, at once when aborted. */
    readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  }): Promise<() => void>;
  running(): number;
  waiting(): number;
}

const tooMany = (running: number, waiting: number): OpsError =>
  new OpsError(
    'limit_exceeded',
    `too many queries at once: ${running} run and ${waiting} wait already`,
    'try again in a second',
    { reason: 'too_many_requests', details: { retryAfterSeconds: 1 } },
  );

const waitedTooLong = (wallClockMs: number, running: number): OpsError =>
  new OpsError(
    'limit_exceeded',
    `the query waited its whole ${wallClockMs} ms for its turn; ${running} others run`,
    'try again later, or raise --max-time',
    { reason: 'wall_clock_exceeded', details: { limit: wallClockMs, unit: 'wall_clock_ms' } },
  );

/** At most `running` places taken at once, at most `waiting` callers in line. */
export const admission = (most: { readonly running: number; readonly waiting: number }): Admission => {
  let running = 0;
  // In the order of their calls: a set keeps it, and anyone can leave.
  const line = new Set<() => void>();

  const place = (): (() => void) => {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const [next] = line;
      // The place goes on to the next: nobody who comes now can be faster.
      if (next) next();
      else running--;
    };
  };

  return {
    running: () => running,
    waiting: () => line.size,
    enter: async ({ wallClockMs, signal, wait }) => {
      if (signal.aborted) throw signal.reason;
      if (running < most.running) {
        running++;
        return place();
      }
      if (line.size >= most.waiting) throw tooMany(running, line.size);
      return new Promise((resolve, reject) => {
        const over = new AbortController();
        const leave = (): void => {
          line.delete(admit);
          signal.removeEventListener('abort', onAbort);
          over.abort();
        };
        const admit = (): void => {
          leave();
          resolve(place());
        };
        const drop = (error: unknown): void => {
          if (!line.has(admit)) return;
          leave();
          reject(error);
        };
        const onAbort = (): void => drop(signal.reason);
        line.add(admit);
        signal.addEventListener('abort', onAbort, { once: true });
        wait(wallClockMs, over.signal).then(() => drop(waitedTooLong(wallClockMs, running)), drop);
      });
    },
  };
};
