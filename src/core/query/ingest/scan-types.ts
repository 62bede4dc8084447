import type { TextPosition } from '../../../base/errors.js';

/** Kinds of JSON values as a bit set: what a key's values have been in one batch. */
export const kind = {
  null: 1,
  bool: 2,
  /** Integer within ±2^63. */
  int: 4,
  /** Number with a fraction or exponent, or an integer beyond 64 bit. */
  fraction: 8,
  /** Full RFC 3339 with a zone, a date that exists. */
  timestamp: 16,
  /** Any other string. */
  text: 32,
  /** Object or array. */
  nested: 64,
  /** Besides `int`: some integer is beyond ±2^53. */
  bigInt: 128,
  /** Besides `int`: some integer does not fit 32 bit. */
  beyond32: 256,
  /** Besides `int`: as an epoch some integer is an instant before the year 1. */
  farEpoch: 512,
} as const;

/** How many bits `kind` has. */
export const kindBits = 10;

/** What a body may hold at most; more is a fault that says which. */
export const scanLimits = {
  /** Bytes of a top-level key, escapes resolved. */
  keyBytes: 128,
  /** Spellings of top-level keys in one body. */
  keys: 10_000,
  /** Objects and arrays inside each other, the line's own object counted. */
  nesting: 1_024,
} as const;

export interface KeyScan {
  /** As first spelled. */
  readonly key: string;
  /** Bit set of `kind`. */
  readonly kinds: number;
  /** First line (1 = first of the body) that shows each kind bit, for messages; index = bit position. */
  readonly firstLine: readonly (number | undefined)[];
}

/** Everything the ingest must know about an NDJSON body before it is stored. */
export interface BatchScan {
  readonly rows: number;
  /** Lines, blank ones included. */
  readonly lines: number;
  /** In the order of their first appearance; spellings that differ only in ASCII case are one entry. */
  readonly keys: readonly KeyScan[];
  /** Longest line in bytes, its line end included. */
  readonly longestLine: number;
  /**
   * True where an object, nested or not, repeats a key, or top-level keys differ only in case: then the body must be rewritten
   * (last value wins, first spelling wins) before the engine reads it.
   */
  readonly needsRewrite: boolean;
  /** Offset of the first line: beyond a byte-order mark. */
  readonly start: number;
}

/** Why a body is refused. `line` counts from 1 in the body, `column` in bytes from 1. */
export interface ScanFault {
  readonly at: TextPosition;
  readonly message: string;
}

export type ScanResult =
  | { readonly ok: true; readonly scan: BatchScan }
  | { readonly ok: false; readonly fault: ScanFault };

export interface ScanOptions {
  /** The platform's own check of a whole body, where there is one: several times faster than the built-in. */
  readonly isUtf8?: ((bytes: Uint8Array) => boolean) | undefined;
  /** Default `skip`: a byte-order mark may open the body. `refuse` for a body that continues another one. */
  readonly byteOrderMark?: 'skip' | 'refuse' | undefined;
}

/** A stretch of a body: `from` inclusive, `to` exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}
