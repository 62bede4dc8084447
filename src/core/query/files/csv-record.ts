import type { ScanFault } from '../ingest/scan-types.js';

const [quote, lf, cr] = [34, 10, 13];

/** A record that has been read, or that more bytes are needed, or what is wrong: lines count from 0 at its first one. */
export type RecordOutcome = 'record' | 'incomplete' | ScanFault;

const fault = (line: number, column: number, message: string): ScanFault => ({ at: { line, column }, message });

/** Offset behind the closing quote of the field whose text begins at `from`; -1 where it does not close here. */
const closeQuote = (b: Uint8Array, from: number): number => {
  let i = from;
  for (;;) {
    i = b.indexOf(quote, i);
    if (i < 0) return -1;
    if (b[i + 1] !== quote) return i + 1;
    i += 2;
  }
};

const newlines = (b: Uint8Array, from: number, to: number): number => {
  let count = 0;
  for (let i = b.indexOf(lf, from); i >= 0 && i < to; i = b.indexOf(lf, i + 1)) count++;
  return count;
};

/** Reads one record of CSV (RFC 4180) after the other; what it says is true until the next `read`. */
export class CsvRecordReader {
  /** Where each field's text starts and ends, and whether it stood in quotes. */
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly quoted: boolean[] = [];
  /** Offset behind the record and its line end. */
  next = 0;
  /** Line ends inside of the record. */
  lines = 0;
  /** Some record so far ended in `\r\n`. */
  withCr = false;
  /** Some record so far ended in `\n` alone. */
  withoutCr = false;
  readonly #separator: number;

  constructor(delimiter: string) {
    this.#separator = delimiter.charCodeAt(0);
  }

  /** A line without anything on it. */
  get isBlank(): boolean {
    return this.starts.length === 1 && !this.quoted[0] && this.starts[0] === this.ends[0];
  }

  /** The record at `from`; `last` where no more bytes will come behind those of `b`. */
  read(b: Uint8Array, from: number, last: boolean): RecordOutcome {
    this.starts.length = this.ends.length = this.quoted.length = 0;
    this.lines = 0;
    const separator = this.#separator;
    let i = from;
    for (;;) {
      const start = i;
      let inQuotes = false;
      while (b[i] === 32) i++;
      if (b[i] === quote) {
        const close = closeQuote(b, i + 1);
        if (close < 0) return last ? fault(this.lines, i - from + 1, 'the quote is never closed') : 'incomplete';
        if (close >= b.length && !last) return 'incomplete';
        this.lines += newlines(b, i, close);
        this.#put(i + 1, close - 1, true);
        inQuotes = true;
        i = close;
      } else {
        let c = b[i];
        while (i < b.length && c !== separator && c !== lf && c !== cr) c = b[++i];
      }
      if (i >= b.length && !last) return 'incomplete';
      const c = b[i];
      if (c === cr && b[i + 1] !== lf && i + 1 < b.length)
        return fault(this.lines, i - from + 1, 'a carriage return that is not part of a line end and not in quotes');
      if (inQuotes && i < b.length && c !== separator && c !== lf && c !== cr)
        return fault(this.lines, i - from + 1, 'text directly behind a closing quote');
      if (!inQuotes) this.#put(start, i, false);
      if (c === separator) {
        i++;
        continue;
      }
      if (c === cr && i + 1 >= b.length && !last) return 'incomplete';
      if (c === cr) this.withCr = true;
      else if (c === lf) this.withoutCr = true;
      this.next = Math.min(i + (c === cr ? 2 : 1), b.length);
      return 'record';
    }
  }

  #put(from: number, to: number, inQuotes: boolean): void {
    this.starts.push(from);
    this.ends.push(to);
    this.quoted.push(inQuotes);
  }
}

/** What is wrong with a record of `found` fields. */
export const raggedRecord = (fields: number, found: number): string =>
  `the header has ${fields} fields, this record has ${found}`;
