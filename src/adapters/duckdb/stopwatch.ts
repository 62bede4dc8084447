/** Timers cannot be set for longer. */
const longestTimerMs = 2 ** 31 - 1;

/** Counts time from a budget down, only between `start` and `stop`; both may be called again and again. */
export interface Stopwatch {
  start(): void;
  stop(): void;
}

/** Calls `onEnd` when `budgetMs` are used up. */
export const stopwatch = (budgetMs: number, onEnd: () => void): Stopwatch => {
  let leftMs = Math.max(0, budgetMs);
  let running: { readonly sinceMs: number; readonly timer: NodeJS.Timeout } | undefined;
  return {
    start: () => {
      running ??= { sinceMs: performance.now(), timer: setTimeout(onEnd, Math.min(leftMs, longestTimerMs)) };
    },
    stop: () => {
      if (!running) return;
      clearTimeout(running.timer);
      leftMs = Math.max(0, leftMs - (performance.now() - running.sinceMs));
      running = undefined;
    },
  };
};
