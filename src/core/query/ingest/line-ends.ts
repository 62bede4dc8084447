import type { Span } from './scan-types.js';

const newlines = 0x0a0a0a0a;
const low = 0x7f7f7f7f;
/** Bytes that are counted before the limit is looked at. */
const block = 16_384;

// Four bytes at a time: a byte that equals the newline becomes zero, and a zero byte leaves its high bit set.
const countIn = (words: Uint32Array, from: number, to: number): number => {
  let count = 0;
  for (let i = from; i < to; i++) {
    const x = (words[i] ?? 0) ^ newlines;
    const zero = ~(((x & low) + low) | x | low);
    if (zero !== 0) count += ((zero >>> 7) & 1) + ((zero >>> 15) & 1) + ((zero >>> 23) & 1) + (zero >>> 31);
  }
  return count;
};

const countBytes = (b: Uint8Array, { from, to }: Span): number => {
  let count = 0;
  for (let i = from; i < to; i++) if (b[i] === 10) count++;
  return count;
};

const count = (b: Uint8Array, { from, to }: Span): number => {
  const first = from + ((4 - ((b.byteOffset + from) & 3)) & 3);
  const words = Math.floor((to - first) / 4);
  if (words <= 0) return countBytes(b, { from, to });
  const view = new Uint32Array(b.buffer, b.byteOffset + first, words);
  return countBytes(b, { from, to: first }) + countIn(view, 0, words) + countBytes(b, { from: first + words * 4, to });
};

/**
 * How many line ends a stretch holds, at most `limit`, and the offset behind the last one that was counted where the
 * limit was reached; else the end of the stretch.
 */
export const lineEnds = (
  b: Uint8Array,
  { from, to }: Span,
  limit: number,
): { readonly lines: number; readonly at: number } => {
  let lines = 0;
  for (let at = from; at < to; at += block) {
    const end = Math.min(at + block, to);
    const found = count(b, { from: at, to: end });
    if (lines + found < limit) {
      lines += found;
      continue;
    }
    let behind = at;
    for (; lines < limit; lines++) behind = b.indexOf(10, behind) + 1;
    return { lines, at: behind };
  }
  return { lines, at: to };
};
