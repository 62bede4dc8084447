import { skipEscape } from './lex.js';

interface StringFault {
  readonly column: number;
  readonly message: string;
}

const faultAt = (at: number, message: string): StringFault => ({ column: at + 1, message });

const hex = /^[0-9a-fA-F]{4}$/;
const quad = (b: Uint8Array, at: number): string => String.fromCharCode(...b.subarray(at, at + 4));

const explainEscape = (b: Uint8Array, at: number): StringFault => {
  const c = b[at + 1] ?? 10;
  if (c === 10) return faultAt(at, 'unterminated string: the line ends after a backslash');
  if (c !== 117) {
    const shown = c > 32 && c < 127 ? `\\${String.fromCharCode(c)}` : 'this escape';
    return faultAt(at, `${shown} is no escape of JSON: a backslash itself is written \\\\`);
  }
  const digits = quad(b, at + 2);
  return hex.test(digits)
    ? faultAt(at, `\\u${digits} is half a surrogate pair without its other half`)
    : faultAt(at, '\\u must be followed by four hexadecimal digits');
};

/** Offset behind the string whose opening quote stands at `at`, or what is wrong with it. */
export const explainString = (b: Uint8Array, at: number): number | StringFault => {
  let i = at + 1;
  for (;;) {
    const c = b[i] ?? 10;
    if (c === 34) return i + 1;
    if (c === 10) return faultAt(at, 'unterminated string: the line ends before its closing quote');
    if (c < 32)
      return faultAt(
        i,
        `the control character U+${c.toString(16).toUpperCase().padStart(4, '0')} must be escaped in a string`,
      );
    if (c !== 92) {
      i++;
      continue;
    }
    const end = skipEscape(b, i);
    if (end < 0) return explainEscape(b, i);
    i = end;
  }
};
