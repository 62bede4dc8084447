/** Something that happened in an area, appended in the transaction that causes it (design: outbox). */
export interface OpsEvent {
  /** `<area>.<what>`, e.g. `ingest.committed`. */
  readonly type: string;
  /** The thing it happened to, e.g. `default.logs`. */
  readonly subject: string;
  /** An event with a key that exists already is not appended again. */
  readonly key?: string;
  readonly at: Date;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface StoredEvent extends OpsEvent {
  /** Grows by at least one with each event of the store. */
  readonly sequence: number;
}

/** The outbox: events in the order of their commits, and how far each consumer has come. */
export interface EventLog {
  append(events: readonly OpsEvent[]): Promise<void>;
  /** Oldest first, at most `limit`, only types that start with one of `types` (all where empty). */
  after(sequence: number, limit: number, types?: readonly string[]): Promise<readonly StoredEvent[]>;
  /** Sequence of the newest event; 0 in an empty log. */
  newest(): Promise<number>;
  cursor(consumer: string): Promise<number>;
  /** Never moves backwards. */
  advance(consumer: string, sequence: number): Promise<void>;
  /** Deletes events older than this that every consumer has passed; how many. */
  prune(before: Date): Promise<number>;
}
