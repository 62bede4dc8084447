import { type KeyScan, kindBits, type Span, scanLimits } from './scan-types.js';

/** Why a top-level key cannot become a column; undefined where it can. */
export const keyFault = (key: string, bytes: number): string | undefined => {
  if (key === '') return 'a key may not be empty';
  if (bytes > scanLimits.keyBytes) return `a key may have at most ${scanLimits.keyBytes} bytes, this one has ${bytes}`;
  return key.includes('\0') ? 'a key may not contain the character U+0000' : undefined;
};

/** One spelling for keys that are the same column: ASCII letters in lower case, as the engine folds its names. */
export const foldKey = (key: string): string => key.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** The key that stands between its quotes in `span`, escapes resolved, and its length in UTF-8. */
export const decodeKey = (b: Uint8Array, span: Span): { readonly key: string; readonly bytes: number } => {
  const raw = b.subarray(span.from, span.to);
  const text = utf8.decode(raw);
  if (!raw.includes(92)) return { key: text, bytes: raw.length };
  const key: unknown = JSON.parse(`"${text}"`);
  return typeof key === 'string' ? { key, bytes: encoder.encode(key).length } : { key: text, bytes: raw.length };
};

interface Spelling {
  /** Bytes between the quotes, as they stand in the body. */
  readonly raw: Uint8Array;
  readonly column: number;
}

/**
 * The keys of one body. Rows mostly repeat the keys of the row before in the same order, so each spelling remembers
 * which one followed it last; anything else goes through a hash of the raw bytes. No text is made for a known key.
 */
export class KeyTable {
  /** Kinds seen so far, by column. */
  readonly kinds = new Int32Array(scanLimits.keys);
  /** The last row that had the column; for repeated keys. */
  readonly lastRow = new Int32Array(scanLimits.keys);
  /** True once spellings of one column differ in case. */
  mixedCase = false;

  #spellings: Spelling[] = [];
  // Index of the spelling that followed, shifted by one: slot 0 is what opens a row.
  readonly #next = new Int32Array(scanLimits.keys + 1).fill(-1);
  #slots = new Int32Array(256).fill(-1);
  readonly #byFold = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #firstLine: (number | undefined)[][] = [];

  /** Where the content of the key at `at` ends if it is the one that followed `previous` last time; else -1. */
  expect(b: Uint8Array, at: number, previous: number): number {
    const spelling = this.#spellings[this.#next[previous + 1] ?? -1];
    if (spelling === undefined) return -1;
    const { raw } = spelling;
    const length = raw.length;
    let k = 0;
    while (k < length && b[at + k] === raw[k]) k++;
    return k === length && b[at + k] === 34 ? at + k : -1;
  }

  /** The spelling that `expect` has just confirmed after `previous`. */
  expected(previous: number): number {
    return this.#next[previous + 1] ?? -1;
  }

  /** Column of a spelling. */
  column(spelling: number): number {
    return this.#spellings[spelling]?.column ?? 0;
  }

  /** Index of the spelling in `span`, which follows `previous`; -1 where it cannot become a column. */
  lookUp(b: Uint8Array, span: Span, previous: number): number {
    const slot = this.#slot(b, span);
    let found = this.#slots[slot] ?? -1;
    if (found < 0) {
      found = this.#add(b, span);
      if (found < 0) return -1;
      this.#slots[slot] = found;
      if (this.#spellings.length * 2 > this.#slots.length) this.#grow();
    }
    this.#next[previous + 1] = found;
    return found;
  }

  /** Whether the spelling is known, or there is room for it. */
  hasRoomFor(b: Uint8Array, span: Span): boolean {
    return this.#spellings.length < scanLimits.keys || (this.#slots[this.#slot(b, span)] ?? -1) >= 0;
  }

  /** Adds kinds to a column, and remembers the line of each that is new. */
  note(column: number, kinds: number, line: number): void {
    const fresh = kinds & ~(this.kinds[column] ?? 0);
    const lines = this.#firstLine[column];
    for (let bit = 0; bit < kindBits && lines !== undefined; bit++) if (fresh & (1 << bit)) lines[bit] = line;
    this.kinds[column] = (this.kinds[column] ?? 0) | kinds;
  }

  scans(): KeyScan[] {
    return this.#keys.map((key, column) => ({
      key,
      kinds: this.kinds[column] ?? 0,
      firstLine: this.#firstLine[column] ?? [],
    }));
  }

  #add(b: Uint8Array, span: Span): number {
    if (this.#spellings.length >= scanLimits.keys) return -1;
    const { key, bytes } = decodeKey(b, span);
    if (keyFault(key, bytes) !== undefined) return -1;
    const fold = foldKey(key);
    const known = this.#byFold.get(fold);
    const column = known ?? this.#keys.length;
    if (known === undefined) {
      this.#byFold.set(fold, column);
      this.#keys.push(key);
      this.#firstLine.push([]);
    } else if (this.#keys[known] !== key) this.mixedCase = true;
    return this.#spellings.push({ raw: b.slice(span.from, span.to), column }) - 1;
  }

  // Slot of these bytes: theirs, or the free one where they belong.
  #slot(b: Uint8Array, { from, to }: Span): number {
    const mask = this.#slots.length - 1;
    let hash = 0x811c9dc5; // FNV-1a
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (b[i] ?? 0), 0x01000193);
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const raw = this.#spellings[this.#slots[slot] ?? -1]?.raw;
      if (raw === undefined || (raw.length === to - from && raw.every((byte, k) => byte === b[from + k]))) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    for (const [index, { raw }] of this.#spellings.entries())
      this.#slots[this.#slot(raw, { from: 0, to: raw.length })] = index;
  }
}
