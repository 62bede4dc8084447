import { OpsError } from '../../../base/errors.js';
import { lineEnds } from './line-ends.js';
import { byteOrderMarkLength } from './utf8.js';

export interface ChunkLimits {
  /** Default 8 MiB. A single line may be longer: it becomes a chunk of its own. */
  readonly maxBytes?: number;
  /** Default 50,000; blank lines count as well. */
  readonly maxRows?: number;
  /** Default 64 MiB, what one ingest may hold. */
  readonly maxLineBytes?: number;
}

export interface Chunk {
  /** Whole lines; only the last chunk may lack its final newline. Belongs to the receiver until `recycle`. */
  readonly body: Uint8Array;
  /** Number of its first line in the source, from 1. */
  readonly firstLine: number;
  /** Gives the memory back: nobody reads `body` any more. Not a must, but new memory costs as much as reading it. */
  recycle(): void;
}

/** Chunks that were given back and wait for their next use. */
const spareBuffers = 10;

const hasRows = (b: Uint8Array): boolean => b.some((byte) => byte !== 10 && byte !== 13);

// The bytes that have come and not gone yet. The cut depends on the lines alone, never on how the source was read:
// so the same input makes the same chunks, and the same idempotency keys.
class LineBuffer {
  #bytes: Uint8Array;
  #length = 0;
  /** Number of the first line that is held. */
  #line = 1;
  /** Up to here the line ends are counted. */
  #counted = 0;
  #lines = 0;
  readonly #spare: Uint8Array[] = [];
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
    const { lines, at } = lineEnds(
      this.#bytes,
      { from: this.#counted, to: Math.min(this.#length, maxBytes) },
      maxRows - this.#lines,
    );
    this.#counted = at;
    this.#lines += lines;
    if (this.#lines >= maxRows) return this.#emit(at, this.#lines);
    if (this.#length > maxBytes) {
      const fits = this.#bytes.lastIndexOf(10, maxBytes - 1) + 1;
      if (fits > 0) return this.#emit(fits, this.#lines);
      const end = this.#bytes.subarray(0, this.#length).indexOf(10, maxBytes) + 1;
      if ((end > 0 ? end : this.#length) > maxLineBytes) throw this.#tooLong();
      if (end > 0) return this.#emit(end, 1);
    }
    return atEnd && this.#length > 0 ? this.#emit(this.#length, this.#lines + 1) : undefined;
  }

  #tooLong(): OpsError {
    const limit = this.#limits.maxLineBytes / 2 ** 20;
    return new OpsError(
      'invalid_data',
      `line ${this.#line} is longer than ${limit} MiB`,
      'one line holds one row: check that the input really has line ends',
      { reason: 'bad_request_body', at: { line: this.#line, column: 1 } },
    );
  }

  #emit(at: number, lines: number): Chunk {
    const whole = this.#bytes;
    const chunk: Chunk = {
      body: whole.subarray(0, at),
      firstLine: this.#line,
      recycle: () => {
        if (this.#spare.length < spareBuffers && whole.length === this.#limits.maxBytes + 1) this.#spare.push(whole);
      },
    };
    const rest = whole.subarray(at, this.#length);
    const size = Math.max(this.#limits.maxBytes + 1, rest.length);
    this.#bytes = (size === this.#limits.maxBytes + 1 && this.#spare.pop()) || new Uint8Array(size);
    this.#bytes.set(rest);
    this.#length = rest.length;
    this.#counted = 0;
    this.#lines = 0;
    this.#line += lines;
    return chunk;
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
        if (hasRows(chunk.body)) yield chunk;
    }
  }
  for (let chunk = lines.take(true); chunk !== undefined; chunk = lines.take(true))
    if (hasRows(chunk.body)) yield chunk;
}
