/** One `key=value`; a key without `=` has the value `true`. */
export interface LogfmtPair {
  readonly key: string;
  readonly value: string;
}

export type LogfmtLine =
  | {
      readonly ok: true;
      readonly pairs: readonly LogfmtPair[];
      /** How many of the pairs are keys without `=`. */
      readonly bare: number;
    }
  /** `column` counts UTF-16 units from 1. */
  | { readonly ok: false; readonly column: number; readonly message: string };

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '"': '"',
  '\\': '\\',
  '/': '/',
};

const unescapeOne = (whole: string, hex: string | undefined, letter: string | undefined): string => {
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
  return (letter === undefined ? undefined : escapes[letter]) ?? whole;
};

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** JSON's escapes; any other backslash stays as it is. A lone surrogate becomes U+FFFD. */
const unescaped = (text: string): string =>
  text.includes('\\')
    ? text.replace(/\\(?:u([0-9A-Fa-f]{4})|(.))/gs, unescapeOne).replace(loneSurrogate, '\uFFFD')
    : text;

const isBlank = (code: number): boolean => code <= 32;

/** Offset of the quote that closes a value whose text begins at `from`; -1 where none does. */
const closingQuote = (line: string, from: number): number => {
  let at = from;
  for (;;) {
    const quote = line.indexOf('"', at);
    if (quote < 0) return -1;
    let back = quote;
    while (back > from && line.charCodeAt(back - 1) === 92) back--;
    if ((quote - back) % 2 === 0) return quote;
    at = quote + 1;
  }
};

const fault = (at: number, message: string): LogfmtLine => ({ ok: false, column: at + 1, message });

/**
 * Splits one line: pairs apart by blanks, values bare (up to the next blank) or in double quotes with JSON's escapes.
 * Keys may hold anything but blanks, `=` and `"`. The line end is not part of `line`. Later pairs of the same key stand
 * later in the list.
 *
 * @example parseLogfmtLine('level=info msg="it works" dry-run') // pairs level, msg, dry-run=true
 */
export const parseLogfmtLine = (line: string): LogfmtLine => {
  const pairs: LogfmtPair[] = [];
  const end = line.length;
  let bare = 0;
  let i = 0;
  for (;;) {
    while (i < end && isBlank(line.charCodeAt(i))) i++;
    if (i >= end) return { ok: true, pairs, bare };
    const start = i;
    let code = line.charCodeAt(i);
    while (i < end && code > 32 && code !== 61 && code !== 34) code = line.charCodeAt(++i);
    if (i < end && code === 34) return fault(i, 'a quote where a key is expected');
    if (i === start) return fault(i, '"=" without a key');
    const key = line.slice(start, i);
    if (i >= end || code !== 61) {
      pairs.push({ key, value: 'true' });
      bare++;
      continue;
    }
    const value = ++i;
    if (line.charCodeAt(i) === 34) {
      const close = closingQuote(line, value + 1);
      if (close < 0) return fault(value, 'the quote is never closed');
      i = close + 1;
      if (i < end && !isBlank(line.charCodeAt(i))) return fault(i, 'text directly behind a closing quote');
      pairs.push({ key, value: unescaped(line.slice(value + 1, close)) });
      continue;
    }
    while (i < end && !isBlank(line.charCodeAt(i))) i++;
    pairs.push({ key, value: line.slice(value, i) });
  }
};
