/** An idempotent call is made at most so often. */
export const mostTries = 3;

const firstPauseMs = 200;
const longestPauseMs = 5_000;

/** Seconds, or an HTTP date, in ms from now; undefined where it says nothing. */
const retryAfterMs = (value: string | undefined, now: Date): number | undefined => {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
};

/**
 * How long to wait after the `tries`th try: what the server wishes, else 200 ms, 400 ms … with half of it up to chance
 * (`random` in [0, 1)), so that many clients do not come back at once. Never more than 5 s.
 */
export const pauseMs = (
  tries: number,
  {
    retryAfter,
    now,
    random,
  }: { readonly retryAfter?: string | undefined; readonly now: Date; readonly random: number },
): number => {
  const wished = retryAfterMs(retryAfter, now);
  const own = firstPauseMs * 2 ** (tries - 1) * (0.75 + random / 2);
  return Math.min(longestPauseMs, Math.round(wished ?? own));
};
