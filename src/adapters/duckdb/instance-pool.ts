import { setTimeout as delay } from 'node:timers/promises';
import { admission } from '../../core/query/index.js';
import { type LockedInstance, type LockedInstanceOptions, openLockedInstance } from './locked-instance.js';

/** An instance while one query has it. */
export interface Lease {
  readonly instance: LockedInstance;
  /** What earlier queries on this instance left behind, by name; the holder keeps it true. */
  readonly known: Map<string, string>;
  /** Gives it back; `spoilt` = closed and never used again. */
  release(spoilt?: boolean): void;
}

interface Kept {
  readonly instance: LockedInstance;
  readonly known: Map<string, string>;
  idle: NodeJS.Timeout | undefined;
}

export interface InstancePool {
  /**
   * One of the pool's own, for one query at a time. Where all are taken it waits for one: not longer than
   * `wallClockMs`, which is `limit_exceeded`, and not after the signal's abort.
   */
  take(
    options: LockedInstanceOptions,
    patience: { readonly wallClockMs: number; readonly signal: AbortSignal },
  ): Promise<Lease>;
  close(): void;
}

/** Timers cannot be set for longer. */
const longestTimerMs = 2 ** 31 - 1;

/** A fresh instance that nobody else gets. */
export const ownInstance = async (options: LockedInstanceOptions): Promise<Lease> => {
  const instance = await openLockedInstance(options);
  let open = true;
  return {
    instance,
    known: new Map(),
    release: () => {
      if (open) instance.close();
      open = false;
    },
  };
};

const wait = async (ms: number, signal: AbortSignal): Promise<void> => {
  // Aborted is as good as over: whoever aborts knows.
  await delay(Math.min(ms, longestTimerMs), undefined, { signal }).catch(() => undefined);
};

/** Keeps at most `size` instances with the same options; an idle one is closed after `idleMs`. */
export const instancePool = ({ size, idleMs }: { readonly size: number; readonly idleMs: number }): InstancePool => {
  const free: Kept[] = [];
  const gate = admission({ running: size, waiting: Number.POSITIVE_INFINITY });
  let closed = false;

  const drop = (kept: Kept): void => {
    clearTimeout(kept.idle);
    kept.instance.close();
  };

  const keep = (kept: Kept): void => {
    if (closed) {
      drop(kept);
      return;
    }
    kept.idle = setTimeout(() => {
      free.splice(free.indexOf(kept), 1);
      drop(kept);
    }, idleMs);
    // A command that is done must not wait for it.
    kept.idle.unref();
    free.push(kept);
  };

  const leaseOf = (kept: Kept, leave: () => void): Lease => {
    let held = true;
    clearTimeout(kept.idle);
    return {
      instance: kept.instance,
      known: kept.known,
      release: (spoilt = false) => {
        if (!held) return;
        held = false;
        if (spoilt) drop(kept);
        else keep(kept);
        leave();
      },
    };
  };

  return {
    take: async (options, patience) => {
      const leave = await gate.enter({ ...patience, wait });
      try {
        const kept = free.pop() ?? { instance: await openLockedInstance(options), known: new Map(), idle: undefined };
        return leaseOf(kept, leave);
      } catch (error) {
        leave();
        throw error;
      }
    },
    close: () => {
      closed = true;
      for (const kept of free.splice(0)) drop(kept);
    },
  };
};
