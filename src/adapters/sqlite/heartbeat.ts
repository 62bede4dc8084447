/** Pins and intents live this long after the last sign of life of their process. */
export const lifetimeMs = 60_000;

/** Things that this process keeps alive; the key names the thing. */
export interface Heartbeat {
  add(id: string): void;
  drop(id: string): void;
  has(id: string): boolean;
  ids(): readonly string[];
  stop(): void;
}

/**
 * Renews what is added at a third of the lifetime, each at most `renewals` times. The timer neither keeps the process alive nor outlasts its work.
 */
export const heartbeat = (
  renew: (ids: readonly string[]) => Promise<void>,
  renewals = Number.POSITIVE_INFINITY,
): Heartbeat => {
  const living = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const drop = (id: string): void => {
    living.delete(id);
    if (living.size === 0) stop();
  };
  const beat = (): void => {
    for (const [id, beats] of living) {
      if (beats >= renewals) drop(id);
      else living.set(id, beats + 1);
    }
    // A beat that fails (a busy store, a full disk) is made up for by the next: two may be missed.
    if (living.size > 0) void renew([...living.keys()]).catch(() => undefined);
  };
  return {
    add: (id) => {
      living.set(id, 0);
      timer ??= setInterval(beat, lifetimeMs / 3).unref();
    },
    drop,
    has: (id) => living.has(id),
    ids: () => [...living.keys()],
    stop,
  };
};
