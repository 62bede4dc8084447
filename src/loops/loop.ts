import type { Context } from '../context.js';

/** What a loop may use: a part of the Context, so that a test can hand in little. */
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
  /** One pass; says in a few words what it did. */
  run(ctx: LoopContext): Promise<string>;
}
