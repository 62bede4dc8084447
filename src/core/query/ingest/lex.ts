import { kind } from './scan-types.js';

// Every function here takes an offset into a body whose last byte is a newline, and returns the offset behind what it
// read, or -1 where the grammar (RFC 8259) is broken. A newline belongs to no token, so no loop needs to watch the end.

const newline = 10;
const quote = 34;
const backslash = 92;

// Value of a hexadecimal digit; -1 for any other byte.
const hexDigit = (byte: number): number => {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
};

// Value of the four digits of \uXXXX; negative where one is none.
const hexQuad = (b: Uint8Array, at: number): number => {
  let value = 0;
  for (let i = at; i < at + 4; i++) {
    const digit = hexDigit(b[i] ?? 0);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
};

/**
 * Behind the escape whose backslash stands at `at`. A surrogate without its partner is refused: it is no character,
 * and the engine would stumble over it.
 */
export const skipEscape = (b: Uint8Array, at: number): number => {
  switch (b[at + 1]) {
    case quote:
    case backslash:
    case 47: // /
    case 98: // b
    case 102: // f
    case 110: // n
    case 114: // r
    case 116: // t
      return at + 2;
    case 117: {
      const unit = hexQuad(b, at + 2);
      if (unit < 0) return -1;
      if (unit < 0xd800 || unit > 0xdfff) return at + 6;
      if (unit > 0xdbff || b[at + 6] !== backslash || b[at + 7] !== 117) return -1;
      const low = hexQuad(b, at + 8);
      return low >= 0xdc00 && low <= 0xdfff ? at + 12 : -1;
    }
    default:
      return -1;
  }
};

/** At the first byte from `at` on that is not plain text of a string: its closing quote, an escape, a control character. */
export const skipPlain = (b: Uint8Array, at: number): number => {
  let i = at;
  let c = b[i] ?? 0;
  // The innermost loop: figures instead of names (quote 34, backslash 92) are 6 % faster, and small letters, the
  // bulk of all text, pass at the first comparison.
  while (c > 92 || (c >= 32 && c !== 34 && c !== 92)) c = b[++i] ?? 0;
  return i;
};

/** Behind the closing quote of the string whose content starts at `at`. */
export const skipString = (b: Uint8Array, at: number): number => {
  let i = at;
  for (;;) {
    i = skipPlain(b, i);
    const c = b[i];
    if (c === quote) return i + 1;
    if (c !== backslash) return -1;
    i = skipEscape(b, i);
    if (i < 0) return -1;
  }
};

/** Behind blanks, tabs and carriage returns. */
export const skipBlank = (b: Uint8Array, at: number): number => {
  let i = at;
  let c = b[i];
  while (c === 32 || c === 9 || c === 13) c = b[++i];
  return i;
};

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

/** Behind the integer part of a number: sign, then 0 or digits that do not start with 0. */
export const skipInteger = (b: Uint8Array, at: number): number => {
  let i = b[at] === 45 ? at + 1 : at;
  let c = b[i] ?? 0;
  if (c === 48) return isDigit(b[i + 1] ?? 0) ? -1 : i + 1;
  if (!isDigit(c)) return -1;
  while (c >= 48 && c <= 57) c = b[++i] ?? 0;
  return i;
};

const skipDigits = (b: Uint8Array, at: number): number => {
  let i = at;
  while (isDigit(b[i] ?? 0)) i++;
  return i === at ? -1 : i;
};

/** Behind fraction and exponent, where there are any, of a number whose integer part ends at `at`. */
export const skipFraction = (b: Uint8Array, at: number): number => {
  let i = at;
  if (b[i] === 46) {
    i = skipDigits(b, i + 1);
    if (i < 0) return -1;
  }
  if (((b[i] ?? 0) | 32) !== 101) return i;
  const sign = b[i + 1];
  return skipDigits(b, sign === 43 || sign === 45 ? i + 2 : i + 1);
};

/** Behind `true`, `false` or `null`. */
export const skipLiteral = (b: Uint8Array, at: number): number => {
  const c = b[at];
  if (c === 116) return b[at + 1] === 114 && b[at + 2] === 117 && b[at + 3] === 101 ? at + 4 : -1;
  if (c === 110) return b[at + 1] === 117 && b[at + 2] === 108 && b[at + 3] === 108 ? at + 4 : -1;
  if (c !== 102) return -1;
  return b[at + 1] === 97 && b[at + 2] === 108 && b[at + 3] === 115 && b[at + 4] === 101 ? at + 5 : -1;
};

// Whether the digits of [from, to) stand for more than this number of equally many digits.
const exceeds = (b: Uint8Array, from: number, bound: string): boolean => {
  for (let k = 0; k < bound.length; k++) {
    const difference = (b[from + k] ?? 0) - bound.charCodeAt(k);
    if (difference !== 0) return difference > 0;
  }
  return false;
};

// Seconds, milliseconds and microseconds from the year 1 to 1970, by how many digits they have. Nanoseconds of 64 bit do
// not reach that far, and no epoch reaches beyond the year 9999.
const firstEpochs: Readonly<Record<number, string>> = {
  11: '62135596800',
  14: '62135596800000',
  17: '62135596800000000',
};

/** Kinds of the integer that stands in [from, to). */
export const integerKinds = (b: Uint8Array, from: number, to: number): number => {
  if (b[from] !== 45) return integerSize(b, from, to);
  const bound = firstEpochs[to - from - 1];
  const far = bound !== undefined && exceeds(b, from + 1, bound);
  return integerSize(b, from, to) | (far ? kind.farEpoch : 0);
};

const integerSize = (b: Uint8Array, from: number, to: number): number => {
  const negative = b[from] === 45;
  const first = negative ? from + 1 : from;
  const digits = to - first;
  if (digits < 10) return kind.int;
  if (digits === 10)
    return exceeds(b, first, negative ? '2147483648' : '2147483647') ? kind.int | kind.beyond32 : kind.int;
  if (digits < 16) return kind.int | kind.beyond32;
  const wide = kind.int | kind.beyond32 | kind.bigInt;
  if (digits === 16) return exceeds(b, first, '9007199254740992') ? wide : kind.int | kind.beyond32;
  if (digits < 19) return wide;
  if (digits > 19) return kind.fraction;
  return exceeds(b, first, negative ? '9223372036854775808' : '9223372036854775807') ? kind.fraction : wide;
};

/** Offset behind the newline that ends the line at `at`, or the end of the body. */
export const nextLine = (b: Uint8Array, at: number): number => {
  const end = b.indexOf(newline, at);
  return end < 0 ? b.length : end + 1;
};
