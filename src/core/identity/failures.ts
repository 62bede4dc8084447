/** How many failures are too many. */
export interface FailureLimit {
  readonly most: number;
  readonly windowMs: number;
}

const windowMs = 15 * 60_000;

/** A name is guessed at from many places, and an address guesses at many names. */
export const loginLimits = {
  name: { most: 5, windowMs },
  address: { most: 20, windowMs },
} as const satisfies Readonly<Record<string, FailureLimit>>;

/**
 * Whole seconds until the next try is allowed; undefined where it is allowed now. `failures` are instants in
 * milliseconds, oldest first. A clock that was set back never makes anybody wait longer than the window.
 */
export const waitSeconds = (
  failures: readonly number[],
  { most, windowMs }: FailureLimit,
  nowMs: number,
): number | undefined => {
  const recent = failures.filter((at) => nowMs - at < windowMs);
  const decisive = recent.at(-most);
  if (decisive === undefined) return undefined;
  return Math.ceil(Math.min(windowMs, decisive + windowMs - nowMs) / 1_000);
};
