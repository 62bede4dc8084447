/** The only source of the present. `OPS_NOW` fixes it (tests, demo). */
export interface Clock {
  now(): Date;
  /** Milliseconds that only ever grow; for durations, never for dates. */
  monotonicMs(): number;
}

export const systemClock: Clock = { now: () => new Date(), monotonicMs: () => performance.now() };

/** A clock that stands still at `instant`; durations measured with it are zero. */
export const fixedClock = (instant: Date): Clock => ({ now: () => new Date(instant), monotonicMs: () => 0 });

/** A clock that tests move by hand. */
export interface ManualClock extends Clock {
  advance(ms: number): void;
}

export const manualClock = (start: Date): ManualClock => {
  let elapsed = 0;
  return {
    now: () => new Date(start.getTime() + elapsed),
    monotonicMs: () => elapsed,
    advance: (ms) => {
      elapsed += ms;
    },
  };
};
