import { explainLine } from './explain.js';
import { KeyTable } from './key-table.js';
import { integerKinds, nextLine, skipBlank, skipFraction, skipInteger, skipLiteral, skipString } from './lex.js';
import { overriddenMembers, skipNested } from './nested.js';
import { NestedKeys } from './nested-keys.js';
import { kind, type ScanFault, type ScanOptions, type ScanResult, type Span } from './scan-types.js';
import { isTimestamp } from './timestamp.js';
import { byteOrderMarkLength, invalidUtf8At } from './utf8.js';

/** How far a scan has come; grows as lines are read. */
export interface Progress {
  readonly keys: KeyTable;
  readonly nestedKeys: NestedKeys;
  rows: number;
  lines: number;
  longestLine: number;
  /** In some object, nested or not. */
  repeatedKey: boolean;
}

/** A scan that has read nothing yet. */
export const newProgress = (): Progress => ({
  keys: new KeyTable(),
  nestedKeys: new NestedKeys(),
  rows: 0,
  lines: 0,
  longestLine: 0,
  repeatedKey: false,
});

// Behind the object or array at `at`. Once some key has been repeated, nobody asks for another one.
const scanNested = (b: Uint8Array, at: number, progress: Progress): number => {
  if (progress.repeatedKey) return skipNested(b, at);
  const { nestedKeys } = progress;
  const end = skipNested(b, at, nestedKeys);
  if (end >= 0 && nestedKeys.suspect) progress.repeatedKey = overriddenMembers(b, at).length > 0;
  nestedKeys.suspect = false;
  return end;
};

// Behind the value at `at`, whose kinds are noted under `column`; -1 where it is none.
const scanValue = (b: Uint8Array, at: number, column: number, progress: Progress): number => {
  const c = b[at] ?? 0;
  let end: number;
  let kinds: number;
  if (c === 34) {
    end = skipString(b, at + 1);
    kinds = b[at + 11] === 84 && isTimestamp(b, at + 1, end - 1) ? kind.timestamp : kind.text;
  } else if (c === 45 || (c >= 48 && c <= 57)) {
    end = skipInteger(b, at);
    if (end < 0) return -1;
    const next = b[end] ?? 0;
    if (next === 46 || (next | 32) === 101) {
      end = skipFraction(b, end);
      kinds = kind.fraction;
    } else kinds = integerKinds(b, at, end);
  } else if (c === 123 || c === 91) {
    end = scanNested(b, at, progress);
    kinds = kind.nested;
  } else {
    end = skipLiteral(b, at);
    kinds = c === 110 ? kind.null : kind.bool;
  }
  if (end >= 0 && ((progress.keys.kinds[column] ?? 0) & kinds) !== kinds)
    progress.keys.note(column, kinds, progress.lines);
  return end;
};

// Behind the object whose content starts at `at`; -1 where it is none.
const scanObject = (b: Uint8Array, at: number, progress: Progress): number => {
  const { keys, rows } = progress;
  let i = skipBlank(b, at);
  if (b[i] === 125) return i + 1;
  let spelling = -1;
  for (;;) {
    if (b[i] !== 34) return -1;
    let end = keys.expect(b, i + 1, spelling);
    if (end >= 0) {
      spelling = keys.expected(spelling);
      i = end + 1;
    } else {
      end = skipString(b, i + 1);
      if (end < 0) return -1;
      spelling = keys.lookUp(b, { from: i + 1, to: end - 1 }, spelling);
      if (spelling < 0) return -1;
      i = end;
    }
    const column = keys.column(spelling);
    if (keys.lastRow[column] === rows) progress.repeatedKey = true;
    keys.lastRow[column] = rows;
    if (b[i] !== 58) i = skipBlank(b, i);
    if (b[i] !== 58) return -1;
    i = scanValue(b, skipBlank(b, i + 1), column, progress);
    if (i < 0) return -1;
    let c = b[i];
    if (c !== 44 && c !== 125) {
      i = skipBlank(b, i);
      c = b[i];
    }
    if (c === 125) return i + 1;
    if (c !== 44) return -1;
    i = skipBlank(b, i + 1);
  }
};

/**
 * Reads the lines of `span`, whose last byte must be a newline. Returns the offset of the first line that is refused
 * (then `progress.lines` is its number), else -1.
 */
export const scanLines = (b: Uint8Array, span: Span, progress: Progress): number => {
  let i = span.from;
  while (i < span.to) {
    const start = i;
    progress.lines++;
    i = skipBlank(b, i);
    if (b[i] !== 10) {
      if (b[i] !== 123) return start;
      progress.rows++;
      i = scanObject(b, i + 1, progress);
      if (i < 0) return start;
      i = skipBlank(b, i);
      if (b[i] !== 10) return start;
      if (i + 1 - start > progress.longestLine) progress.longestLine = i + 1 - start;
    }
    i++;
  }
  return -1;
};

/** As `scanLines`, for a stretch that may end without a newline. */
export const scanStretch = (b: Uint8Array, { from, to }: Span, progress: Progress): number => {
  const lastLine = to > from ? b.lastIndexOf(10, to - 1) + 1 : from;
  const whole = Math.max(lastLine, from);
  const refused = scanLines(b, { from, to: whole }, progress);
  if (refused >= 0 || whole === to) return refused;
  const tail = new Uint8Array(to - whole + 1).fill(10);
  tail.set(b.subarray(whole, to));
  return scanLines(tail, { from: 0, to: tail.length }, progress) < 0 ? -1 : whole;
};

const utf8Fault = (b: Uint8Array, at: number, { line, start }: { line: number; start: number }): ScanFault => ({
  at: { line, column: at - start + 1 },
  message: `the line is not UTF-8: byte 0x${(b[at] ?? 0).toString(16).padStart(2, '0')} does not belong here`,
});

/**
 * Validates an NDJSON body in one pass and tells what is in it. Every line must hold one JSON object (RFC 8259, UTF-8)
 * or be blank; what passes here, the engine reads without complaint. A body without rows is fine (`rows` is 0).
 *
 * @example scanNdjson(body, { isUtf8 }) // { ok: false, fault: { at: { line: 3, column: 9 }, message: "expected ':' …" } }
 */
export const scanNdjson = (body: Uint8Array, { isUtf8, byteOrderMark }: ScanOptions = {}): ScanResult => {
  const start = byteOrderMark === 'refuse' ? 0 : byteOrderMarkLength(body);
  const badByte = isUtf8?.(body) === true ? -1 : invalidUtf8At(body);
  // Up to the line with the bad byte: keys are turned into text, and a mistake further up comes first.
  const end = badByte < 0 ? body.length : Math.max(body.lastIndexOf(10, badByte) + 1, start);
  const progress = newProgress();
  const refused = scanStretch(body, { from: start, to: end }, progress);
  if (refused >= 0) {
    const line = body.subarray(refused, nextLine(body, refused));
    const { column, message } = explainLine(line, progress.keys);
    return { ok: false, fault: { at: { line: progress.lines, column }, message } };
  }
  if (badByte >= 0) return { ok: false, fault: utf8Fault(body, badByte, { line: progress.lines + 1, start: end }) };
  const { keys, rows, lines, longestLine, repeatedKey } = progress;
  const needsRewrite = repeatedKey || keys.mixedCase;
  return { ok: true, scan: { rows, lines, keys: keys.scans(), longestLine, needsRewrite, start } };
};
