/** Work that is let in a few at a time. */
export interface Turnstile {
  /**
   * Runs `work` when it is its turn; two works of one key never run at once. Throws what `refuse` makes where too many
   * wait already.
   */
  pass<T>(work: () => Promise<T>, key?: string): Promise<T>;
}

interface Waiting {
  readonly key: string | undefined;
  readonly begin: () => void;
}

/** First come, first served, but for those whose key is busy. */
export const turnstile = (options: {
  readonly atOnce: number;
  readonly mostWaiting: number;
  readonly refuse: () => Error;
}): Turnstile => {
  const { atOnce, mostWaiting, refuse } = options;
  const busy = new Set<string>();
  const queue: Waiting[] = [];
  let running = 0;

  const isFree = (key: string | undefined): boolean => running < atOnce && (key === undefined || !busy.has(key));

  const enter = (key: string | undefined): void => {
    running++;
    if (key !== undefined) busy.add(key);
  };

  const leave = (key: string | undefined): void => {
    running--;
    if (key !== undefined) busy.delete(key);
    for (;;) {
      const place = queue.findIndex((waiting) => isFree(waiting.key));
      const [next] = place < 0 ? [] : queue.splice(place, 1);
      if (!next) return;
      enter(next.key);
      next.begin();
    }
  };

  const turn = async (key: string | undefined): Promise<void> => {
    if (isFree(key)) return enter(key);
    if (queue.length >= mostWaiting) throw refuse();
    await new Promise<void>((begin) => queue.push({ key, begin }));
  };

  return {
    pass: async (work, key) => {
      await turn(key);
      try {
        return await work();
      } finally {
        leave(key);
      }
    },
  };
};
