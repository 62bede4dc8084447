import { explainLine } from './explain.js';
import { nextLine } from './lex.js';
import type { ScanOptions, Span } from './scan-types.js';
import { newProgress, scanStretch } from './scanner.js';
import { byteOrderMarkLength, invalidUtf8At } from './utf8.js';

/** A line that is no row. */
export interface InvalidLine {
  /** In what the user gave. */
  readonly line: number;
  /** In bytes from 1. */
  readonly column: number;
  readonly message: string;
  /** The line as it came, without its line end. */
  readonly bytes: Uint8Array;
}

export interface SplitBody {
  /** The body with every bad line blanked: the numbers of the others stay. The very same bytes where none is bad. */
  readonly body: Uint8Array;
  readonly invalid: readonly InvalidLine[];
}

interface BadLine extends Span {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const lineStart = (b: Uint8Array, at: number): number => (at === 0 ? 0 : b.lastIndexOf(10, at - 1) + 1);

// Bad lines in their order. One progress for all: keys of bad lines count against the limit, so what is left scans clean.
function* badLines(b: Uint8Array, start: number): Generator<BadLine> {
  const progress = newProgress();
  let at = start;
  let badByte = invalidUtf8At(b, start);
  while (at < b.length) {
    const end = badByte < 0 ? b.length : Math.max(lineStart(b, badByte), at);
    const refused = scanStretch(b, { from: at, to: end }, progress);
    if (refused >= 0) {
      const next = nextLine(b, refused);
      yield { from: refused, to: next, line: progress.lines, ...explainLine(b.subarray(refused, next), progress.keys) };
      at = next;
    } else if (badByte >= 0) {
      const next = nextLine(b, badByte);
      const byte = (b[badByte] ?? 0).toString(16).padStart(2, '0');
      const message = `the line is not UTF-8: byte 0x${byte} does not belong here`;
      yield { from: end, to: next, line: ++progress.lines, column: badByte - end + 1, message };
      at = next;
      badByte = invalidUtf8At(b, next);
    } else return;
  }
}

/** A line without its `\n` or `\r\n`, in memory of its own. */
export const withoutLineEnd = (b: Uint8Array, { from, to }: Span): Uint8Array => {
  let end = to;
  if (end > from && b[end - 1] === 10) end--;
  if (end > from && b[end - 1] === 13) end--;
  return b.slice(from, end);
};

/** The body with these lines, in order, emptied. */
export const blanked = (b: Uint8Array, bad: readonly Span[]): Uint8Array => {
  const good = new Uint8Array(b.length);
  let length = 0;
  let at = 0;
  for (const { from, to } of bad) {
    good.set(b.subarray(at, from), length);
    length += from - at;
    if (b[to - 1] === 10) good[length++] = 10;
    at = to;
  }
  good.set(b.subarray(at), length);
  return good.subarray(0, length + b.length - at);
};

/**
 * Parts a body into what can be stored and the lines that cannot, each with its fault. `firstLine` is the number of
 * the body's first line in what the user gave.
 */
export const splitInvalid = (
  body: Uint8Array,
  firstLine = 1,
  { byteOrderMark }: Pick<ScanOptions, 'byteOrderMark'> = {},
): SplitBody => {
  const start = byteOrderMark === 'refuse' ? 0 : byteOrderMarkLength(body);
  const bad = [...badLines(body, start)];
  if (bad.length === 0) return { body, invalid: [] };
  const invalid = bad.map(({ from, to, line, column, message }) => ({
    line: firstLine + line - 1,
    column,
    message,
    bytes: withoutLineEnd(body, { from, to }),
  }));
  return { body: blanked(body, bad), invalid };
};
