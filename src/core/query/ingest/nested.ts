import { skipBlank, skipFraction, skipInteger, skipLiteral, skipString } from './lex.js';
import { scanLimits } from './scan-types.js';

const object = 1;
const array = 0;

// What each open bracket is, outermost first. Shared: a walk is synchronous and writes before it reads.
const open = new Uint8Array(scanLimits.nesting + 1);

// Behind the key and the colon at `at`; -1 where they are not there.
const skipKey = (b: Uint8Array, at: number): number => {
  if (b[at] !== 34) return -1;
  const end = skipString(b, at + 1);
  if (end < 0) return -1;
  const colon = skipBlank(b, end);
  return b[colon] === 58 ? skipBlank(b, colon + 1) : -1;
};

/** Behind any value that is neither object nor array. */
export const skipScalar = (b: Uint8Array, at: number): number => {
  const c = b[at] ?? 0;
  if (c === 34) return skipString(b, at + 1);
  if (c === 45 || (c >= 48 && c <= 57)) {
    const end = skipInteger(b, at);
    return end < 0 ? -1 : skipFraction(b, end);
  }
  return skipLiteral(b, at);
};

/**
 * Behind the object or array that opens at `at`, inside the line's own object; -1 where the grammar is broken or the
 * nesting is too deep. A loop with a stack of its own: recursion would let a line choose how deep the call stack gets.
 */
export const skipNested = (b: Uint8Array, at: number): number => {
  let i = at;
  let depth = 1; // the line's own object
  for (;;) {
    // Here a value starts.
    const c = b[i] ?? 0;
    if (c === 123 || c === 91) {
      if (++depth > scanLimits.nesting) return -1;
      const isObject = c === 123;
      open[depth] = isObject ? object : array;
      i = skipBlank(b, i + 1);
      if (b[i] !== (isObject ? 125 : 93)) {
        if (isObject) i = skipKey(b, i);
        if (i < 0) return -1;
        continue;
      }
      depth--;
      i++;
    } else {
      i = skipScalar(b, i);
      if (i < 0) return -1;
    }
    // Here a value has ended: close brackets until a comma asks for the next one.
    for (;;) {
      if (depth === 1) return i;
      i = skipBlank(b, i);
      const after = b[i];
      if (after === 44) break;
      if (after !== (open[depth] === object ? 125 : 93)) return -1;
      depth--;
      i++;
    }
    i = skipBlank(b, i + 1);
    if (open[depth] === object) i = skipKey(b, i);
    if (i < 0) return -1;
  }
};
