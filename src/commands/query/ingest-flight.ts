import type { IngestAck } from '../../core/query/index.js';

/** Chunks that may be on their way at once. */
const mostInFlight = 8;

/** At most eight chunks on their way; the answers in the order of the chunks, the failure of the earliest one first. */
export class Flight {
  readonly #flying = new Set<Promise<void>>();
  readonly #acks: (IngestAck | undefined)[] = [];
  readonly #failures: { readonly index: number; readonly error: unknown }[] = [];

  get failed(): boolean {
    return this.#failures.length > 0;
  }

  /** Resolves once there is room for another one. The work answers undefined where nothing of it was left to store. */
  async send(work: () => Promise<IngestAck | undefined>): Promise<void> {
    const index = this.#acks.push(undefined) - 1;
    const flying = work()
      .then((ack) => {
        this.#acks[index] = ack;
      })
      .catch((error: unknown) => {
        this.#failures.push({ index, error });
      })
      .finally(() => this.#flying.delete(flying));
    this.#flying.add(flying);
    if (this.#flying.size >= mostInFlight) await Promise.race(this.#flying);
  }

  async land(): Promise<{ readonly acks: readonly IngestAck[]; readonly failure: unknown }> {
    await Promise.all(this.#flying);
    const [earliest] = this.#failures.toSorted((a, b) => a.index - b.index);
    return { acks: this.#acks.filter((ack) => ack !== undefined), failure: earliest?.error };
  }
}
