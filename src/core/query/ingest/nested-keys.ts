import type { Span } from './scan-types.js';

/** An object with more keys than this is looked at by `overriddenMembers` at once. */
const mostKeys = 256;
/** The upper bits of a product of 32 bit: a hash of good quality. */
const slotBits = 9;
const slots = 1 << slotBits;

// Keys of the one object that is open at a depth: where each stands, and in which object it was seen last.
interface Depth {
  /** Serial number of the object in which the slot was taken; doubles, because a file may hold very many objects. */
  readonly takenBy: Float64Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  object: number;
  keys: number;
}

const newDepth = (): Depth => ({
  takenBy: new Float64Array(slots),
  from: new Int32Array(slots),
  to: new Int32Array(slots),
  object: 0,
  keys: 0,
});

const sameBytes = (b: Uint8Array, one: Span, other: Span): boolean => {
  const length = other.to - other.from;
  let k = one.to - one.from === length ? 0 : -1;
  while (k >= 0 && k < length && b[one.from + k] === b[other.from + k]) k++;
  return k === length;
};

// By length and both ends, which tell most keys apart. Nothing beyond the key may count: around a key of one byte stand
// its quotes, around an empty one anything.
const slotOf = (b: Uint8Array, { from, to }: Span): number => {
  if (from === to) return 0;
  const ends = ((b[from] ?? 0) << 24) ^ ((b[from + 1] ?? 0) << 16) ^ ((b[to - 2] ?? 0) << 8) ^ (b[to - 1] ?? 0);
  return Math.imul(ends ^ ((to - from) << 4), 0x9e3779b1) >>> (32 - slotBits);
};

/**
 * Watches the keys of nested objects for one that comes twice, without making text of them. It never misses one, and
 * may be wrong about very big objects: `suspect` asks for a closer look.
 */
export class NestedKeys {
  /** Some object since this was last set to false perhaps repeats a key. */
  suspect = false;
  #objects = 0;
  #current = newDepth();
  readonly #depths: Depth[] = [];

  /** An object opens at this depth, whose keys follow; whatever was open there is closed. */
  open(depth: number): void {
    let open = this.#depths[depth];
    if (open === undefined) {
      open = newDepth();
      this.#depths[depth] = open;
    }
    open.object = ++this.#objects;
    open.keys = 0;
    this.#current = open;
  }

  /** More keys follow of the object that is open at this depth. */
  goOn(depth: number): void {
    this.#current = this.#depths[depth] ?? this.#current;
  }

  /** The object has the key whose bytes stand in [from, to), without its quotes; none of them is an escape. */
  add(b: Uint8Array, from: number, to: number): void {
    const open = this.#current;
    if (++open.keys > mostKeys) {
      this.suspect = true;
      return;
    }
    let slot = slotOf(b, { from, to });
    const { takenBy, object } = open;
    while (takenBy[slot] === object) {
      if (sameBytes(b, { from: open.from[slot] ?? 0, to: open.to[slot] ?? 0 }, { from, to })) {
        this.suspect = true;
        return;
      }
      slot = (slot + 1) & (slots - 1);
    }
    takenBy[slot] = object;
    open.from[slot] = from;
    open.to[slot] = to;
  }
}
