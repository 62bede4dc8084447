import type { TextPosition } from '../../../base/errors.js';

/** Top-level objects of a stretch, one per line, and where each stood. */
export interface SplitBlock {
  readonly lines: Uint8Array;
  /** How many lines. */
  readonly pieces: number;
  /** Place in the original of column `column` (bytes, from 1) of line `line` (from 1) of `lines`. */
  original(line: number, column: number): TextPosition;
}

export interface JsonSplitter {
  /** The objects that are complete with these bytes; what is left over waits for the next call. */
  push(bytes: Uint8Array): SplitBlock | undefined;
  /** Throws nothing: what is left over at the end comes out as a last, broken object; undefined where nothing is. */
  end(): SplitBlock | undefined;
}

interface Piece {
  readonly from: number;
  readonly to: number;
}

const isBetween = (c: number): boolean => c === 32 || c === 9 || c === 10 || c === 13 || c === 44;

const joined = (b: Uint8Array, pieces: readonly Piece[]): Uint8Array => {
  const out = new Uint8Array(pieces.reduce((sum, { from, to }) => sum + to - from + 1, 0));
  let at = 0;
  for (const { from, to } of pieces) {
    out.set(b.subarray(from, to), at);
    for (let i = at; i < at + to - from; i++) if (out[i] === 10 || out[i] === 13) out[i] = 32;
    at += to - from;
    out[at++] = 10;
  }
  return out;
};

/**
 * Cuts a JSON document into its rows: the elements of one array, or objects one after the other, spread over lines as
 * they like. It only finds where a row ends; whether the row is valid JSON is the scanner's to say, so that a stray
 * word comes out as a row of its own and is refused there. Commas and the array's own brackets are not checked.
 */
export const jsonSplitter = (): JsonSplitter => {
  let pending = new Uint8Array(0);
  // Place of pending[0] in the file; `resume` is where the search goes on in it.
  let origin: TextPosition = { line: 1, column: 1 };
  let state = { at: 0, start: -1, depth: 0, quoted: false, inArray: false, started: false };

  const placeIn = (b: Uint8Array, from: TextPosition, offset: number): TextPosition => {
    let line = from.line;
    let last = -1;
    for (let i = b.indexOf(10); i >= 0 && i < offset; i = b.indexOf(10, i + 1)) {
      line++;
      last = i;
    }
    return { line, column: last < 0 ? from.column + offset : offset - last };
  };

  const block = (b: Uint8Array, pieces: readonly Piece[]): SplitBlock | undefined => {
    if (pieces.length === 0) return undefined;
    const from = origin;
    return {
      lines: joined(b, pieces),
      pieces: pieces.length,
      original: (line, column) => placeIn(b, from, (pieces[line - 1]?.from ?? 0) + column - 1),
    };
  };

  // Where the string that is open goes on behind; the end of `b` where it stays open.
  const skipQuoted = (b: Uint8Array, at: number): number => {
    let i = at;
    while (i < b.length && b[i] !== 34) i += b[i] === 92 ? 2 : 1;
    return i;
  };

  const find = (b: Uint8Array): Piece[] => {
    const pieces: Piece[] = [];
    let { at: i, start, depth, quoted, inArray, started } = state;
    const close = (to: number): void => {
      pieces.push({ from: start, to });
      start = -1;
    };
    while (i < b.length) {
      if (quoted) {
        i = skipQuoted(b, i);
        if (i >= b.length) break;
        quoted = false;
        i++;
        continue;
      }
      const c = b[i] ?? 0;
      if (start < 0) {
        const bracket = depth === 0 && ((c === 91 && !started) || (c === 93 && inArray));
        if (bracket) inArray = c === 91;
        if (!bracket && !isBetween(c)) start = i;
        if (!isBetween(c)) started = true;
        if (start < 0) {
          i++;
          continue;
        }
      }
      if (c === 34) quoted = true;
      else if (c === 123 || c === 91) depth++;
      else if (c === 125 || c === 93) {
        depth = Math.max(depth - 1, 0);
        if (depth === 0) close(i + 1);
      } else if (depth === 0 && isBetween(c)) close(i);
      i++;
    }
    state = { at: i, start, depth, quoted, inArray, started };
    return pieces;
  };

  return {
    push: (bytes) => {
      const b = new Uint8Array(pending.length + bytes.length);
      b.set(pending);
      b.set(bytes, pending.length);
      const found = block(b, find(b));
      const keep = state.start < 0 ? Math.min(state.at, b.length) : state.start;
      origin = placeIn(b, origin, keep);
      pending = b.slice(keep);
      state = { ...state, at: state.at - keep, start: state.start < 0 ? -1 : 0 };
      return found;
    },
    end: () => (state.start < 0 ? undefined : block(pending, [{ from: 0, to: pending.length }])),
  };
};
