import { decodeKey } from './key-table.js';
import { skipBlank, skipFraction, skipInteger, skipLiteral, skipPlain, skipString } from './lex.js';
import type { NestedKeys } from './nested-keys.js';
import { type Span, scanLimits } from './scan-types.js';

const object = 1;
const array = 0;

// What each open bracket is, outermost first. Shared: a walk is synchronous and writes before it reads.
const open = new Uint8Array(scanLimits.nesting + 1);

// Behind the key and the colon at `at`; -1 where they are not there.
const skipKey = (b: Uint8Array, at: number, keys: NestedKeys | undefined): number => {
  if (b[at] !== 34) return -1;
  const stop = skipPlain(b, at + 1);
  const isPlain = b[stop] === 34;
  const end = isPlain ? stop + 1 : skipString(b, stop);
  if (end < 0) return -1;
  if (keys !== undefined) {
    if (isPlain) keys.add(b, at + 1, stop);
    else keys.suspect = true;
  }
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
 * `keys` sees the keys of every object on the way.
 */
export const skipNested = (b: Uint8Array, at: number, keys?: NestedKeys): number => {
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
        if (isObject) {
          keys?.open(depth);
          i = skipKey(b, i, keys);
        }
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
    if (open[depth] === object) {
      keys?.goOn(depth);
      i = skipKey(b, i, keys);
    }
    if (i < 0) return -1;
  }
};

// Behind the value at `at`; adds to `lost` each member whose key comes again in the same object, up to the next member.
const findLost = (b: Uint8Array, at: number, lost: Span[]): number => {
  const isObject = b[at] === 123;
  if (!isObject && b[at] !== 91) return skipScalar(b, at);
  let i = skipBlank(b, at + 1);
  if (b[i] === (isObject ? 125 : 93)) return i + 1;
  const members = new Map<string, Span>();
  for (;;) {
    const from = i;
    let key: string | undefined;
    if (isObject) {
      const end = skipString(b, i + 1);
      ({ key } = decodeKey(b, { from: i + 1, to: end - 1 }));
      i = skipBlank(b, skipBlank(b, end) + 1);
    }
    i = skipBlank(b, findLost(b, i, lost));
    const earlier = key === undefined ? undefined : members.get(key);
    if (earlier) lost.push(earlier);
    if (b[i] !== 44) return i + 1;
    i = skipBlank(b, i + 1);
    if (key !== undefined) members.set(key, { from, to: i });
  }
};

/**
 * Members of the object or array at `at`, and of all objects inside of it, that a later member of the same key
 * overrides: each from its key to the next member, in order, none inside another. `b` has passed the scan, so the
 * nesting is bounded.
 */
export const overriddenMembers = (b: Uint8Array, at: number): readonly Span[] => {
  const lost: Span[] = [];
  findLost(b, at, lost);
  let end = 0;
  return lost
    .sort((one, other) => one.from - other.from)
    .filter(({ from, to }) => {
      if (from < end) return false;
      end = to;
      return true;
    });
};
