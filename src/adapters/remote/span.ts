/** One signal for several reasons to end. */
export interface Span {
  readonly signal: AbortSignal;
  /** Lets go of the other signals; safe to call twice. */
  end(): void;
}

/**
 * Aborts when the first of `signals` does, with its reason. (`AbortSignal.any` would do, but on some versions of Node 20
 * it may be collected while it is still needed.)
 */
export const spanOf = (signals: readonly (AbortSignal | undefined)[]): Span => {
  const controller = new AbortController();
  const stops: (() => void)[] = [];
  for (const signal of signals) {
    if (!signal) continue;
    const onAbort = (): void => controller.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort);
    stops.push(() => signal.removeEventListener('abort', onAbort));
  }
  return {
    signal: controller.signal,
    end: () => {
      for (const stop of stops.splice(0)) stop();
    },
  };
};
