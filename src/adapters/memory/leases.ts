import type { Leases, LoopJournal } from '../../core/shared/index.js';

/** Leases within one process. */
export const memoryLeases = (): Leases => {
  const leases = new Map<string, { holder: string | undefined; fence: number; expiresAt: Date }>();
  return {
    acquire: async (name, holder, ttlMs, now) => {
      const known = leases.get(name);
      const isFree = known?.holder === undefined || known.holder === holder || known.expiresAt <= now;
      if (known && !isFree) return undefined;
      const fence = (known?.fence ?? 0) + (known?.holder === holder ? 0 : 1);
      leases.set(name, { holder, fence, expiresAt: new Date(now.getTime() + ttlMs) });
      return { fence };
    },
    release: async (name, holder) => {
      const known = leases.get(name);
      if (known?.holder === holder) leases.set(name, { ...known, holder: undefined });
    },
    held: async (now) =>
      [...leases]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .flatMap(([name, { holder, expiresAt }]) =>
          holder === undefined || expiresAt <= now ? [] : [{ name, holder, expiresAt }],
        ),
  };
};

/** The last run of each loop, within one process. */
export const memoryLoopJournal = (): LoopJournal => {
  const runs = new Map<string, Date>();
  return {
    lastRun: async (loop) => runs.get(loop),
    record: async (loop, { startedAt }) => {
      runs.set(loop, startedAt);
    },
  };
};
