import { decodeKey, foldKey } from './key-table.js';
import { nextLine, skipBlank, skipString } from './lex.js';
import { overriddenMembers, skipNested, skipScalar } from './nested.js';
import { NestedKeys } from './nested-keys.js';
import type { BatchScan } from './scan-types.js';

/** A member of an object: its key in one spelling, its value in [from, to). */
export interface Member {
  /** Key with its quotes, as it will be written. */
  readonly key: Uint8Array;
  readonly from: number;
  readonly to: number;
  /** Some object within the value perhaps repeats a key. */
  readonly suspect: boolean;
}

const encoder = new TextEncoder();
const valueEnd = (b: Uint8Array, at: number, keys: NestedKeys): number =>
  b[at] === 123 || b[at] === 91 ? skipNested(b, at, keys) : skipScalar(b, at);

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

/**
 * Members of the object that opens at `at`; a repeated key keeps its first place and its last value. `spell` gives equal
 * keys the very same bytes.
 */
export const members = (
  b: Uint8Array,
  at: number,
  { spell, nestedKeys }: { readonly spell: (key: string) => Uint8Array; readonly nestedKeys: NestedKeys },
): readonly Member[] => {
  const byKey = new Map<Uint8Array, Member>();
  let i = skipBlank(b, at + 1);
  while (b[i] === 34) {
    const end = skipString(b, i + 1);
    const key = spell(decodeKey(b, { from: i + 1, to: end - 1 }).key);
    const from = skipBlank(b, skipBlank(b, end) + 1);
    nestedKeys.suspect = false;
    const to = valueEnd(b, from, nestedKeys);
    byKey.set(key, { key, from, to, suspect: nestedKeys.suspect });
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

// The bytes as they stand, without the members of nested objects that a later one of the same key overrides.
const writeValue = (sink: Sink, b: Uint8Array, { from, to, suspect }: Member): void => {
  let at = from;
  for (const lost of suspect ? overriddenMembers(b, from) : []) {
    sink.write(b.subarray(at, lost.from));
    at = lost.to;
  }
  sink.write(b.subarray(at, to));
};

const writeObject = (sink: Sink, b: Uint8Array, found: readonly Member[]): void => {
  sink.write(openBrace);
  for (const [index, member] of found.entries()) {
    if (index > 0) sink.write(comma);
    sink.write(member.key);
    sink.write(colon);
    writeValue(sink, b, member);
  }
  sink.write(closeBrace);
};

/**
 * The same rows with every column spelled in one way and once per row: the last value of a repeated key wins, also in
 * nested objects; the spelling is that of `existing` (the table's columns), else the first of the body. Bytes of values
 * stay as they are otherwise, line numbers too. `body` must have passed the scan.
 */
export const rewriteNdjson = (
  body: Uint8Array,
  scan: Pick<BatchScan, 'start'>,
  existing: Iterable<string> = [],
): Uint8Array => {
  const how = { spell: spellings(existing), nestedKeys: new NestedKeys() };
  const sink = new Sink(body.length + 64);
  for (let at = scan.start; at < body.length; ) {
    const end = nextLine(body, at);
    const row = skipBlank(body, at);
    if (body[row] === 123) writeObject(sink, body, members(body, row, how));
    sink.write(newline);
    at = end;
  }
  return sink.done();
};
