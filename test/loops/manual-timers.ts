import type { ManualClock } from '../../src/base/clock.js';
import type { Timers } from '../../src/loops/index.js';

/** Everything that can go on without a timer has gone on. */
export const settled = async (): Promise<void> => {
  for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
};

export interface ManualTimers extends Timers {
  /** Moves the clock on, timer by timer; each is run at its instant, with what follows from it. */
  advance(ms: number): Promise<void>;
  /** Milliseconds until each timer that waits, the next first. */
  waiting(): readonly number[];
}

/** Timers that follow a manual clock. */
export const manualTimers = (clock: ManualClock): ManualTimers => {
  const timers = new Map<number, { readonly at: number; readonly run: () => void }>();
  let made = 0;
  const inOrder = () => [...timers].sort(([, a], [, b]) => a.at - b.at);
  return {
    after: (ms, run) => {
      const id = ++made;
      timers.set(id, { at: clock.monotonicMs() + ms, run });
      return { cancel: () => void timers.delete(id) };
    },
    advance: async (ms) => {
      const end = clock.monotonicMs() + ms;
      await settled();
      for (let next = inOrder()[0]; next && next[1].at <= end; next = inOrder()[0]) {
        const [id, { at, run }] = next;
        timers.delete(id);
        clock.advance(at - clock.monotonicMs());
        run();
        await settled();
      }
      clock.advance(end - clock.monotonicMs());
    },
    waiting: () => inOrder().map(([, { at }]) => at - clock.monotonicMs()),
  };
};
