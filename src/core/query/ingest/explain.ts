import { explainString } from './explain-string.js';
import { decodeKey, type KeyTable, keyFault } from './key-table.js';
import { skipBlank, skipFraction, skipInteger, skipLiteral, skipString } from './lex.js';
import { scanLimits } from './scan-types.js';

/** What is wrong with a line; `column` counts bytes from 1. */
export interface LineFault {
  readonly column: number;
  readonly message: string;
}

// The slow twin of the scanner: it walks one refused line again and may take its time to say what it expected.
// A function returns the offset behind what it read, or the fault.
type Step = number | LineFault;

interface Walk {
  readonly b: Uint8Array;
  readonly keys: KeyTable;
}

const utf8 = new TextDecoder();

const faultAt = (at: number, message: string): LineFault => ({ column: at + 1, message });

// What stands here, for people: the word, number or character, or where the line ends.
const found = (b: Uint8Array, at: number): string => {
  const c = b[at] ?? 10;
  if (c === 10) return 'the line ends';
  const text = utf8.decode(b.subarray(at, at + 64)).replace(/\uFFFD.*$/s, '');
  const token = /^[\w.+-]+/.exec(text)?.[0] ?? String.fromCodePoint(text.codePointAt(0) ?? 0);
  if (c < 32 || c === 127) return `found the control character U+${c.toString(16).toUpperCase().padStart(4, '0')}`;
  return token === '"' ? 'found a string' : `found ${token.length === 1 ? `'${token}'` : token.slice(0, 24)}`;
};

const expected = (b: Uint8Array, at: number, what: string): LineFault =>
  (b[at] ?? 10) === 10
    ? faultAt(at, `expected ${what}, but the line ends: a line must hold one whole JSON object`)
    : faultAt(at, `expected ${what}, ${found(b, at)}`);

const explainNumber = (b: Uint8Array, at: number): Step => {
  const integer = skipInteger(b, at);
  const first = b[at] === 45 ? at + 1 : at;
  if (integer < 0)
    return b[first] === 48
      ? faultAt(first, 'a number may not start with 0 and more digits')
      : expected(b, first, "a digit after '-'");
  const end = skipFraction(b, integer);
  if (end >= 0) return end;
  let i = integer;
  if (b[i] === 46) {
    i++;
    const digits = i;
    while ((b[i] ?? 0) >= 48 && (b[i] ?? 0) <= 57) i++;
    if (i === digits) return expected(b, i, "a digit after '.'");
  }
  const sign = b[i + 1];
  return expected(b, sign === 43 || sign === 45 ? i + 2 : i + 1, 'a digit in the exponent');
};

// `owner` names the key or array that the value belongs to.
const explainValue = (walk: Walk, at: number, { owner, depth }: { owner: string; depth: number }): Step => {
  const { b } = walk;
  const c = b[at] ?? 10;
  if (c === 123) return explainObject(walk, at, depth + 1);
  if (c === 91) return explainArray(walk, at, { owner, depth: depth + 1 });
  if (c === 34) return explainString(b, at);
  if (c === 45 || (c >= 48 && c <= 57)) return explainNumber(b, at);
  const literal = skipLiteral(b, at);
  return literal >= 0 ? literal : expected(b, at, `a value ${owner}`);
};

const tooDeep = (at: number): LineFault =>
  faultAt(at, `objects and arrays are nested deeper than ${scanLimits.nesting} levels`);

const explainArray = (walk: Walk, at: number, { owner, depth }: { owner: string; depth: number }): Step => {
  const { b } = walk;
  if (depth > scanLimits.nesting) return tooDeep(at);
  let i = skipBlank(b, at + 1);
  if (b[i] === 93) return i + 1;
  for (;;) {
    if (b[i] === 93) return faultAt(i, "expected a value after ',', found ']'");
    const value = explainValue(walk, i, { owner: owner.replace(/^(?!in the array )/, 'in the array '), depth });
    if (typeof value !== 'number') return value;
    i = skipBlank(b, value);
    if (b[i] === 93) return i + 1;
    if (b[i] !== 44) return expected(b, i, "',' or ']' after a value of the array");
    i = skipBlank(b, i + 1);
  }
};

// What forbids a top-level key to become a column.
const explainColumn = ({ b, keys }: Walk, from: number, to: number): LineFault | undefined => {
  const { key, bytes } = decodeKey(b, { from, to });
  const message = keyFault(key, bytes);
  if (message !== undefined) return faultAt(from, message);
  return keys.hasRoomFor(b, { from, to })
    ? undefined
    : faultAt(from, `more than ${scanLimits.keys.toLocaleString('en-US')} different keys`);
};

// Behind the key and its colon; `name` is the key as written, for messages.
const explainKey = (walk: Walk, at: number, depth: number): { readonly next: Step; readonly name: string } => {
  const { b } = walk;
  const end = explainString(b, at);
  if (typeof end !== 'number') return { next: end, name: '' };
  const column = depth === 1 ? explainColumn(walk, at + 1, end - 1) : undefined;
  if (column !== undefined) return { next: column, name: '' };
  const name = utf8.decode(b.subarray(at, end));
  const i = skipBlank(b, end);
  return { next: b[i] === 58 ? skipBlank(b, i + 1) : expected(b, i, `':' after key ${name}`), name };
};

const explainObject = (walk: Walk, at: number, depth: number): Step => {
  const { b } = walk;
  if (depth > scanLimits.nesting) return tooDeep(at);
  let i = skipBlank(b, at + 1);
  if (b[i] === 125) return i + 1;
  if (b[i] !== 34) return expected(b, i, "a key in double quotes or '}'");
  for (;;) {
    if (b[i] !== 34) return expected(b, i, "a key in double quotes after ','");
    const { next, name } = explainKey(walk, i, depth);
    if (typeof next !== 'number') return next;
    const value = explainValue(walk, next, { owner: `of key ${name}`, depth });
    if (typeof value !== 'number') return value;
    i = skipBlank(b, value);
    if (b[i] === 125) return i + 1;
    if (b[i] !== 44) return expected(b, i, `',' or '}' after the value of key ${name}`);
    i = skipBlank(b, i + 1);
  }
};

const otherKind = (b: Uint8Array, at: number): string => {
  const c = b[at] ?? 0;
  if (c === 91) return 'found an array';
  if (c === 34) return skipString(b, at + 1) < 0 ? found(b, at) : 'found a string';
  return c === 45 || (c >= 48 && c <= 57) ? 'found a number' : found(b, at);
};

/** What the scanner had against this line; `line` is one line of a body, with or without its newline. */
export const explainLine = (line: Uint8Array, keys: KeyTable): LineFault => {
  const end = line.indexOf(10) < 0 ? line.length : line.indexOf(10);
  const b = new Uint8Array(end + 1).fill(10);
  b.set(line.subarray(0, end));
  const start = skipBlank(b, 0);
  if (b[0] === 0xef && b[1] === 0xbb && b[2] === 0xbf)
    return faultAt(0, 'a byte-order mark may only stand at the very start');
  if (b[start] !== 123) return faultAt(start, `a line must hold one JSON object, ${otherKind(b, start)}`);
  const object = explainObject({ b, keys }, start, 1);
  if (typeof object !== 'number') return object;
  const rest = skipBlank(b, object);
  return faultAt(rest, `a line must hold one JSON object, ${found(b, rest)} after it`);
};
