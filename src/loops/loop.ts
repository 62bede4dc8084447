import type { Context } from '../context.js';

/**
 * What a loop may use: a part of the Context, so that a test can hand in little. A pass ends early, between two steps,
 * when `signal` aborts: the server stops, or another process took the loop over.
 */
export type LoopContext = Pick<
  Context,
  'maintenance' | 'events' | 'leases' | 'loopJournal' | 'clock' | 'newId' | 'signal'
>;

/** Background work with a name. It resumes from the store's state, never from memory. */
export interface Loop {
  /** `<area>.<what>`; also the name of its lease. */
  readonly name: string;
  readonly area: string;
  /** Pause between two runs in a server. */
  readonly everyMs: number;
  /**
   * A look that writes nothing: false where a pass would do nothing. A loop that runs every few seconds has one, so that
   * an idle server does not write leases and journals to the disk.
   */
  hasWork?(ctx: LoopContext): Promise<boolean>;
  /** One pass; says in a few words what it did. */
  run(ctx: LoopContext): Promise<string>;
}
