import type { InvalidLine } from '../ingest/index.js';
import { nextLine } from '../ingest/lex.js';
import { byteOrderMarkLength } from '../ingest/utf8.js';
import { CsvRecordReader, raggedRecord } from './csv-record.js';
import { csvDelimiter } from './csv-scan.js';

/** A quoted field that is longer was opened by mistake. */
const longestRecord = 16 * 2 ** 20;

export interface CsvSplitOptions {
  readonly format: 'csv' | 'tsv';
  /** Gets what is left out; the source waits for it. */
  readonly onInvalid: (lines: readonly InvalidLine[]) => Promise<void>;
  /** The platform's check of bytes. */
  readonly isUtf8: (bytes: Uint8Array) => boolean;
}

const join = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
};

const withoutLineEnd = (b: Uint8Array): Uint8Array => {
  let end = b.length;
  if (end > 0 && b[end - 1] === 10) end--;
  if (end > 0 && b[end - 1] === 13) end--;
  return b.slice(0, end);
};

/** A record, or the first line of what is none; `fault` is why it is left out. */
interface Piece {
  readonly to: number;
  readonly lines: number;
  readonly fault?: { readonly column: number; readonly message: string };
}

/** What is known of the bytes at hand. */
interface Bytes {
  readonly last: boolean;
  readonly allUtf8: boolean;
}

// Reads records and keeps the good ones; one of these per file.
class Splitter {
  /** The header itself cannot be read: then nothing is left out, and whoever reads the file says why. */
  broken = false;
  #line = 1;
  #fields: number | undefined;
  readonly #reader: CsvRecordReader;
  readonly #isUtf8: CsvSplitOptions['isUtf8'];

  constructor(delimiter: string, isUtf8: CsvSplitOptions['isUtf8']) {
    this.#reader = new CsvRecordReader(delimiter);
    this.#isUtf8 = isUtf8;
  }

  /** The good records of `b` and the bad ones, up to `end`, where a record starts that needs more bytes. */
  split(b: Uint8Array, last: boolean): { good: Uint8Array[]; bad: InvalidLine[]; end: number } {
    const good: Uint8Array[] = [];
    const bad: InvalidLine[] = [];
    const known = { last, allUtf8: this.#isUtf8(b.subarray(0, last ? b.length : b.lastIndexOf(10) + 1)) };
    let kept = 0;
    let at = 0;
    while (at < b.length) {
      const piece = this.#piece(b, at, known);
      if (piece === undefined) break;
      this.broken = piece.fault !== undefined && this.#fields === undefined;
      if (this.broken) break;
      if (piece.fault) {
        good.push(b.subarray(kept, at));
        kept = piece.to;
        bad.push({ line: this.#line, ...piece.fault, bytes: withoutLineEnd(b.subarray(at, piece.to)) });
      } else if (!this.#reader.isBlank) this.#fields ??= this.#reader.starts.length;
      this.#line += piece.lines;
      at = piece.to;
    }
    good.push(b.subarray(kept, at));
    return { good, bad, end: at };
  }

  // Undefined where more bytes are needed.
  #piece(b: Uint8Array, at: number, { last, allUtf8 }: Bytes): Piece | undefined {
    const outcome = this.#reader.read(b, at, last);
    if (outcome === 'record') {
      const { next: to, lines } = this.#reader;
      const message = this.#faultOf(allUtf8 ? undefined : b.subarray(at, to));
      return { to, lines: lines + 1, ...(message !== undefined && { fault: { column: 1, message } }) };
    }
    // Where quotes are wrong, nobody knows how far the record was meant to go: only its first line is given up.
    const to = nextLine(b, at);
    const ends = last || b[to - 1] === 10;
    if (!ends || (outcome === 'incomplete' && b.length - at <= longestRecord)) return undefined;
    if (outcome === 'incomplete') return { to, lines: 1, fault: { column: 1, message: 'a quote is never closed' } };
    const { at: place, message } = outcome;
    return { to, lines: 1, fault: { column: place.line === 0 ? place.column : 1, message } };
  }

  #faultOf(suspect: Uint8Array | undefined): string | undefined {
    const { isBlank, starts } = this.#reader;
    if (suspect && !this.#isUtf8(suspect)) return 'the line is not UTF-8';
    if (isBlank || this.#fields === undefined || starts.length === this.#fields) return undefined;
    return raggedRecord(this.#fields, starts.length);
  }
}

/**
 * The same CSV without the records that cannot be read: ragged ones, wrong quotes, what is not UTF-8. Line numbers of
 * what is left out count in the source; its first record, the header, always stays. Parts of the source need not
 * outlive the next one.
 */
export async function* withoutBadRecords(
  source: AsyncIterable<Uint8Array>,
  { format, onInvalid, isUtf8 }: CsvSplitOptions,
): AsyncGenerator<Uint8Array> {
  let splitter: Splitter | undefined;
  let pending: Uint8Array = new Uint8Array(0);

  async function* take(last: boolean): AsyncGenerator<Uint8Array> {
    if (splitter === undefined) {
      const line = nextLine(pending, 0);
      if (!last && pending[line - 1] !== 10) return;
      pending = pending.subarray(byteOrderMarkLength(pending));
      const first = new TextDecoder().decode(pending.subarray(0, line));
      splitter = new Splitter(format === 'tsv' ? '\t' : csvDelimiter(first), isUtf8);
    }
    const { good, bad, end } = splitter.split(pending, last);
    pending = pending.slice(end);
    if (bad.length > 0) await onInvalid(bad);
    yield* good.filter(({ length }) => length > 0);
  }

  for await (const part of source) {
    pending = join(pending, part);
    if (!splitter?.broken) yield* take(false);
    if (!splitter?.broken) continue;
    yield pending;
    pending = new Uint8Array(0);
  }
  if (!splitter?.broken) yield* take(true);
  if (pending.length > 0) yield pending;
}
