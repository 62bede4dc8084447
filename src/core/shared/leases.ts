/** Who may do a thing that must not be done twice at once, across processes. */
export interface Leases {
  /**
   * Takes or renews. Undefined where another living holder has it. A holder that dies loses it at expiry.
   * `fence` grows with each change of holder: a late write of an old holder can be told.
   */
  acquire(name: string, holder: string, ttlMs: number, now: Date): Promise<{ readonly fence: number } | undefined>;
  release(name: string, holder: string): Promise<void>;
  /** Leases that have not expired. */
  held(now: Date): Promise<readonly { readonly name: string; readonly holder: string; readonly expiresAt: Date }[]>;
}

/** When a loop ran last and when it is due again; survives restarts. */
export interface LoopJournal {
  lastRun(loop: string): Promise<Date | undefined>;
  record(loop: string, run: { readonly startedAt: Date; readonly ok: boolean; readonly detail: string }): Promise<void>;
}
