import { OpsError } from '../../../base/errors.js';
import { byteOrderMarkLength } from './utf8.js';

export interface ChunkLimits {
  /** Default 8 MiB. A single line may be longer: it becomes a chunk of its own. */
  readonly maxBytes?: number;
  /** Default 50,000; blank lines do not count. */
  readonly maxRows?: number;
  /** Default 64 MiB, what one ingest may hold. */
  readonly maxLineBytes?: number;
}

export interface Chunk {
  /** Whole lines; only the last chunk may lack its final newline. Belongs to the receiver. */
  readonly body: Uint8Array;
  /** Number of its first line in the source, from 1. */
  readonly firstLine: number;
}

interface Cut {
  /** Offset behind the last whole line that fits. */
  at: number;
  rows: number;
  lines: number;
}

const isBlank = (b: Uint8Array, from: number, to: number): boolean =>
  to === from || (to === from + 1 && b[from] === 13);

// The bytes that have come and not gone yet. The cut depends on the lines alone, never on how the source was read:
// so the same input makes the same chunks, and the same idempotency keys.
class LineBuffer {
  #bytes: Uint8Array;
  #length = 0;
  #line = 1;
  #scanned = 0;
  readonly #cut: Cut = { at: 0, rows: 0, lines: 0 };
  readonly #limits: Required<ChunkLimits>;

  constructor(limits: Required<ChunkLimits>) {
    this.#limits = limits;
    this.#bytes = new Uint8Array(limits.maxBytes + 1);
  }

  // Takes what there is room for, at least one byte; how many.
  append(part: Uint8Array): number {
    if (this.#length === this.#bytes.length) {
      const wider = new Uint8Array(Math.min(this.#bytes.length * 2, this.#limits.maxLineBytes + 1));
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    const taken = part.subarray(0, this.#bytes.length - this.#length);
    this.#bytes.set(taken, this.#length);
    this.#length += taken.length;
    return taken.length;
  }

  /** The next chunk if it is complete; at the end of the source whatever is left. */
  take(atEnd: boolean): Chunk | undefined {
    const { maxBytes, maxRows, maxLineBytes } = this.#limits;
    const held = this.#bytes.subarray(0, this.#length);
    for (;;) {
      const newline = held.indexOf(10, this.#scanned);
      const end = newline < 0 ? this.#length : newline + 1;
      if (end - this.#cut.at > maxLineBytes) throw this.#tooLong();
      if (newline < 0 && !(atEnd && this.#length > this.#cut.at)) {
        // Later bytes can only belong to this line: once it cannot fit any more, the lines before it are complete.
        this.#scanned = this.#length;
        return this.#length > maxBytes && this.#cut.at > 0 ? this.#emit() : atEnd ? this.#emit() : undefined;
      }
      if (end > maxBytes && this.#cut.at > 0) {
        this.#scanned = this.#cut.at;
        return this.#emit();
      }
      if (!isBlank(this.#bytes, this.#cut.at, newline < 0 ? end : newline)) this.#cut.rows++;
      this.#cut.lines++;
      this.#cut.at = end;
      this.#scanned = end;
      if (this.#cut.rows >= maxRows || end >= maxBytes) return this.#emit();
    }
  }

  #tooLong(): OpsError {
    const line = this.#line + this.#cut.lines;
    const limit = this.#limits.maxLineBytes / 2 ** 20;
    return new OpsError(
      'invalid_data',
      `line ${line} is longer than ${limit} MiB`,
      'one line holds one row: check that the input really has line ends',
      { reason: 'bad_request_body', at: { line, column: 1 } },
    );
  }

  #emit(): Chunk | undefined {
    const { at, rows, lines } = this.#cut;
    if (at === 0) return undefined;
    const chunk = { body: this.#bytes.subarray(0, at), firstLine: this.#line };
    const rest = this.#bytes.subarray(at, this.#length);
    this.#bytes = new Uint8Array(Math.max(this.#limits.maxBytes + 1, rest.length));
    this.#bytes.set(rest);
    this.#length = rest.length;
    this.#scanned -= at;
    this.#line += lines;
    Object.assign(this.#cut, { at: 0, rows: 0, lines: 0 });
    return rows > 0 ? chunk : { body: chunk.body.subarray(0, 0), firstLine: chunk.firstLine };
  }
}

// The source without the byte-order mark that may open it; the first three bytes may come one by one.
async function* withoutByteOrderMark(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const part of source) {
    if (head === undefined) {
      yield part;
      continue;
    }
    const joined: Uint8Array = head.length === 0 ? part : new Uint8Array([...head, ...part]);
    head = joined.length < 3 ? joined.slice() : undefined;
    if (head === undefined) yield joined.subarray(byteOrderMarkLength(joined));
  }
  if (head !== undefined && head.length > 0) yield head;
}

/**
 * Cuts a stream into bodies at line ends: as many lines as fit, never part of one. The cuts depend only on the content,
 * so that the same input gives the same chunks however it is read. Chunks of nothing but blank lines are left out; a
 * byte-order mark at the very start too. Holds one chunk at a time. A line over the limit is `invalid_data`, naming it.
 */
export async function* chunkLines(
  source: AsyncIterable<Uint8Array>,
  { maxBytes = 8 * 2 ** 20, maxRows = 50_000, maxLineBytes = 64 * 2 ** 20 }: ChunkLimits = {},
): AsyncGenerator<Chunk> {
  const lines = new LineBuffer({ maxBytes, maxRows, maxLineBytes: Math.max(maxLineBytes, maxBytes) });
  for await (const part of withoutByteOrderMark(source)) {
    for (let taken = 0; taken < part.length; ) {
      taken += lines.append(part.subarray(taken));
      for (let chunk = lines.take(false); chunk !== undefined; chunk = lines.take(false))
        if (chunk.body.length > 0) yield chunk;
    }
  }
  for (let chunk = lines.take(true); chunk !== undefined; chunk = lines.take(true))
    if (chunk.body.length > 0) yield chunk;
}
