import { decodeKey, foldKey } from './key-table.js';
import { nextLine, skipBlank, skipString } from './lex.js';
import { skipNested, skipScalar } from './nested.js';
import type { BatchScan } from './scan-types.js';

interface Member {
  /** Key with its quotes, as it will be written. */
  readonly key: Uint8Array;
  readonly from: number;
  readonly to: number;
}

const encoder = new TextEncoder();
const valueEnd = (b: Uint8Array, at: number): number =>
  b[at] === 123 || b[at] === 91 ? skipNested(b, at) : skipScalar(b, at);

// Spelling of each column for good: what the table has, else what came first.
const spellings = (known: Iterable<string>): ((key: string) => Uint8Array) => {
  const written = new Map<string, Uint8Array>();
  const spell = (key: string): Uint8Array => {
    const fold = foldKey(key);
    const bytes = written.get(fold) ?? encoder.encode(JSON.stringify(key));
    written.set(fold, bytes);
    return bytes;
  };
  for (const key of known) spell(key);
  return spell;
};

// Members of the object that opens at `at`; a repeated key keeps its first place and its last value.
const members = (b: Uint8Array, at: number, spell: (key: string) => Uint8Array): readonly Member[] => {
  const byKey = new Map<Uint8Array, Member>();
  let i = skipBlank(b, at + 1);
  while (b[i] === 34) {
    const end = skipString(b, i + 1);
    const key = spell(decodeKey(b, { from: i + 1, to: end - 1 }).key);
    const from = skipBlank(b, skipBlank(b, end) + 1);
    const to = valueEnd(b, from);
    byKey.set(key, { key, from, to });
    i = skipBlank(b, to);
    if (b[i] === 44) i = skipBlank(b, i + 1);
  }
  return [...byKey.values()];
};

/** Grows as it is written to; one copy per growth. */
class Sink {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  write(part: Uint8Array): void {
    if (this.#length + part.length > this.#bytes.length) {
      const wider = new Uint8Array((this.#length + part.length) * 2);
      wider.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = wider;
    }
    this.#bytes.set(part, this.#length);
    this.#length += part.length;
  }

  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

const openBrace = encoder.encode('{');
const closeBrace = encoder.encode('}');
const colon = encoder.encode(':');
const comma = encoder.encode(',');
const newline = encoder.encode('\n');

const writeObject = (sink: Sink, b: Uint8Array, found: readonly Member[]): void => {
  sink.write(openBrace);
  for (const [index, { key, from, to }] of found.entries()) {
    if (index > 0) sink.write(comma);
    sink.write(key);
    sink.write(colon);
    sink.write(b.subarray(from, to));
  }
  sink.write(closeBrace);
};

/**
 * The same rows with every column spelled in one way and once per row: the last value of a repeated key wins, the
 * spelling is that of `existing` (the table's columns), else the first of the body. Bytes of values stay as they are,
 * line numbers too. `body` must have passed the scan.
 */
export const rewriteNdjson = (
  body: Uint8Array,
  scan: Pick<BatchScan, 'start'>,
  existing: Iterable<string> = [],
): Uint8Array => {
  const spell = spellings(existing);
  const sink = new Sink(body.length + 64);
  for (let at = scan.start; at < body.length; ) {
    const end = nextLine(body, at);
    const row = skipBlank(body, at);
    if (body[row] === 123) writeObject(sink, body, members(body, row, spell));
    sink.write(newline);
    at = end;
  }
  return sink.done();
};
