import { z } from 'zod';
import type { Clock } from '../../base/clock.js';
import { OpsError } from '../../base/errors.js';
import { errorOfAnswer, type QueryResult, type QueryStats, type ResultColumn } from '../../core/query/index.js';
import type { HttpAnswer } from './http.js';
import { ResultColumns } from './result.js';
import { brokeOff, failingAs } from './rows.js';
import type { ServerUrl } from './server-url.js';
import { type SseEvent, SseParser } from './sse.js';

/** What `event: end` carries. */
const Stats = z.object({ rows: z.number(), bytesScanned: z.number(), elapsedMs: z.number() });

const newline = Buffer.from('\n');

/** One event after the other, without waiting for a part of which events are left. */
class Events {
  readonly #parts: AsyncIterator<Uint8Array>;
  readonly #parser = new SseParser();
  #left: readonly SseEvent[] = [];
  #at = 0;

  constructor(parts: AsyncIterable<Uint8Array>) {
    this.#parts = parts[Symbol.asyncIterator]();
  }

  /** Undefined at the end of the stream. */
  async next(): Promise<SseEvent | undefined> {
    for (;;) {
      const event = this.atHand();
      if (event) return event;
      const part = await this.#parts.next();
      if (part.done) return undefined;
      this.#left = this.#parser.push(part.value);
      this.#at = 0;
    }
  }

  /** One that has come already. */
  atHand(): SseEvent | undefined {
    const event = this.#left[this.#at];
    if (event) this.#at++;
    return event;
  }

  /** The next one will be read again. */
  back(): void {
    this.#at--;
  }
}

const json = ({ data }: SseEvent): unknown => {
  try {
    return JSON.parse(Buffer.from(data).toString());
  } catch {
    return undefined; // the schema refuses it
  }
};

/** The batches of `POST /ops/v1/query/follow`: each one's columns, rows and end. Ends in silence where it was aborted. */
export async function* followedBatches(
  answer: HttpAnswer,
  { url, clock }: { readonly url: ServerUrl; readonly clock: Clock },
): AsyncGenerator<QueryResult> {
  const { shown } = url;
  let total = 0;
  const events = new Events(
    failingAs(answer.body, (error) => (answer.aborted() ? error : brokeOff(error, { rows: total, shown }))),
  );
  const strange = (what: string): OpsError =>
    new OpsError(
      'unavailable',
      `the server ${shown} sent ${what} while it was followed`,
      'check that its version fits this one: `ops version`',
    );
  const told = (event: SseEvent): OpsError =>
    errorOfAnswer({ status: 500, headers: {}, text: Buffer.from(event.data).toString() }, 'to follow the query');
  const ended = (): OpsError =>
    new OpsError(
      'unavailable',
      `the server ${shown} ended the stream after ${total} rows`,
      'run it again: it may have been restarted',
    );

  const batch = (columns: readonly ResultColumn[]): { result: QueryResult; drain(): Promise<void> } => {
    const startedMs = clock.monotonicMs();
    let rows = 0;
    let stats: QueryStats | undefined;
    /** Rows that are at hand leave together; undefined at the end of the batch. */
    const more = async (): Promise<Uint8Array | undefined> => {
      const lines: Uint8Array[] = [];
      let event = stats ? undefined : await events.next();
      if (!stats && !event) throw ended();
      for (; event?.name === 'row'; event = events.atHand()) lines.push(event.data, newline);
      rows += lines.length / 2;
      total += lines.length / 2;
      if (event && lines.length > 0) events.back();
      else if (event?.name === 'end')
        stats = Stats.safeParse(json(event)).data ?? { rows, bytesScanned: 0, elapsedMs: 0 };
      else if (event?.name === 'error') throw told(event);
      else if (event) throw strange(`the event "${event.name}" among rows`);
      return lines.length > 0 ? Buffer.concat(lines) : undefined;
    };
    const result: QueryResult = {
      columns,
      async *ndjson() {
        for (let lines = await more(); lines; lines = await more()) yield lines;
      },
      stats: () => stats ?? { rows, bytesScanned: 0, elapsedMs: Math.round(clock.monotonicMs() - startedMs) },
      cancel: () => undefined,
      close: async () => undefined,
    };
    const drain = async (): Promise<void> => {
      while (await more());
    };
    return { result, drain };
  };

  try {
    for (;;) {
      const event = await events.next();
      if (answer.aborted()) return;
      if (!event) throw ended();
      if (event.name === 'error') throw told(event);
      const columns = event.name === 'columns' ? ResultColumns.safeParse(json(event)).data : undefined;
      if (!columns) throw strange(`the event "${event.name}" where columns were due`);
      const { result, drain } = batch(columns);
      yield result;
      if (answer.aborted()) return;
      await drain();
    }
  } catch (error) {
    if (!answer.aborted()) throw error;
  } finally {
    answer.destroy();
  }
}
