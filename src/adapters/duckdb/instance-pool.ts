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
  /** One of the pool's own, for one query at a time; waits where all are taken. */
  take(options: LockedInstanceOptions): Promise<Lease>;
  close(): void;
}

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

/** Keeps at most `size` instances with the same options; an idle one is closed after `idleMs`. */
export const instancePool = ({ size, idleMs }: { readonly size: number; readonly idleMs: number }): InstancePool => {
  const free: Kept[] = [];
  const waiting: (() => void)[] = [];
  let taken = 0;
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

  const leaseOf = (kept: Kept): Lease => {
    let held = true;
    clearTimeout(kept.idle);
    return {
      instance: kept.instance,
      known: kept.known,
      release: (spoilt = false) => {
        if (!held) return;
        held = false;
        taken--;
        if (spoilt) drop(kept);
        else keep(kept);
        waiting.shift()?.();
      },
    };
  };

  return {
    take: async (options) => {
      while (taken >= size) await new Promise<void>((resolve) => waiting.push(resolve));
      taken++;
      try {
        const kept = free.pop() ?? { instance: await openLockedInstance(options), known: new Map(), idle: undefined };
        return leaseOf(kept);
      } catch (error) {
        taken--;
        waiting.shift()?.();
        throw error;
      }
    },
    close: () => {
      closed = true;
      for (const kept of free.splice(0)) drop(kept);
    },
  };
};
