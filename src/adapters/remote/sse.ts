import { OpsError } from '../../base/errors.js';

/** One event of a `text/event-stream`. */
export interface SseEvent {
  readonly name: string;
  readonly data: Uint8Array;
}

const newline = 10;
const carriageReturn = 13;
const colon = 58;
const blank = 32;
const longestLine = 64 * 2 ** 20;

const tooLong = (): OpsError =>
  new OpsError('unavailable', 'the server sent an event of more than 64 MiB', 'select fewer or shorter columns');

/** Takes an event stream apart, part by part. Lines end in `\n` or `\r\n`; comments and unknown fields are skipped. */
export class SseParser {
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #name = '';
  #data: Uint8Array[] = [];
  #dataBytes = 0;

  /** The events that this part completes. Throws `unavailable` for a line or an event of more than 64 MiB. */
  push(part: Uint8Array): readonly SseEvent[] {
    const events: SseEvent[] = [];
    let start = 0;
    for (let end = part.indexOf(newline); end >= 0; end = part.indexOf(newline, start)) {
      this.#line(this.#joined(part.subarray(start, end)), events);
      start = end + 1;
    }
    if (start < part.length) this.#wait(part.subarray(start));
    return events;
  }

  #wait(rest: Uint8Array): void {
    this.#waiting.push(rest);
    this.#waitingBytes += rest.length;
    if (this.#waitingBytes > longestLine) throw tooLong();
  }

  #joined(end: Uint8Array): Uint8Array {
    const line = this.#waitingBytes === 0 ? end : Buffer.concat([...this.#waiting, end]);
    this.#waiting = [];
    this.#waitingBytes = 0;
    return line.at(-1) === carriageReturn ? line.subarray(0, -1) : line;
  }

  #line(line: Uint8Array, events: SseEvent[]): void {
    if (line.length === 0) this.#dispatch(events);
    else this.#field(line);
  }

  #field(line: Uint8Array): void {
    const at = line.indexOf(colon);
    if (at === 0) return; // a comment: the server is alive
    const field = Buffer.from(line.subarray(0, at < 0 ? line.length : at)).toString('latin1');
    const from = at < 0 ? line.length : line[at + 1] === blank ? at + 2 : at + 1;
    const value = line.subarray(from);
    if (field === 'event') this.#name = Buffer.from(value).toString();
    if (field !== 'data') return;
    this.#data.push(value);
    this.#dataBytes += value.length;
    if (this.#dataBytes > longestLine) throw tooLong();
  }

  #dispatch(events: SseEvent[]): void {
    const lines = this.#data;
    const [only] = lines;
    if (only !== undefined) {
      const data =
        lines.length === 1
          ? only
          : Buffer.concat(lines.flatMap((line, index) => (index === 0 ? [line] : [Buffer.from('\n'), line])));
      events.push({ name: this.#name === '' ? 'message' : this.#name, data });
    }
    this.#name = '';
    this.#data = [];
    this.#dataBytes = 0;
  }
}
