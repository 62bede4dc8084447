/** Where waiting comes from, so that a test need not wait. */
export interface Timers {
  /** Calls `run` once, `ms` from now, unless it was cancelled before. Does not keep the process alive. */
  after(ms: number, run: () => void): { cancel(): void };
}

export const systemTimers: Timers = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
