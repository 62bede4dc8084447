/** What a stretch of SQL text is. `name` is a double-quoted identifier, `dollar` a dollar-quoted string. */
export type SegmentKind = 'code' | 'string' | 'name' | 'dollar' | 'line comment' | 'block comment';

/** `end` is exclusive. `closed` is false where the text stops inside a quotation or a comment. */
export interface Segment {
  readonly kind: SegmentKind;
  readonly start: number;
  readonly end: number;
  readonly closed: boolean;
}

/** Offset behind the closing quote, undefined where there is none; a doubled quote stands for itself. */
const quotedEnd = (text: string, from: number, quote: string, escapes: boolean): number | undefined => {
  for (let at = from; at < text.length; at++) {
    if (escapes && text[at] === '\\') at++;
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return at + 1;
      at++;
    }
  }
  return undefined;
};

/** Block comments nest, as in PostgreSQL. */
const blockEnd = (text: string, from: number): number | undefined => {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    const pair = text.slice(at, at + 2);
    if (pair === '/*') depth++;
    if (pair === '*/') depth--;
    if (pair === '/*' || pair === '*/') at++;
    if (depth === 0) return at + 1;
  }
  return undefined;
};

const dollarTag = /\$(?:[A-Za-z_][A-Za-z0-9_]*)?\$/y;
const wordBefore = /[A-Za-z0-9_$]$/;

const after = (found: number, length: number): number | undefined => (found < 0 ? undefined : found + length);

/** The segment that opens at this offset, if any does. */
const opening = (
  text: string,
  at: number,
): { readonly kind: SegmentKind; readonly end: number | undefined } | undefined => {
  const char = text[at];
  if (char === "'") {
    const escapes = /(?:^|[^A-Za-z0-9_$])[eE]$/.test(text.slice(Math.max(0, at - 2), at));
    return { kind: 'string', end: quotedEnd(text, at + 1, "'", escapes) };
  }
  if (char === '"') return { kind: 'name', end: quotedEnd(text, at + 1, '"', false) };
  if (text.startsWith('--', at)) {
    const newline = text.indexOf('\n', at);
    return { kind: 'line comment', end: newline < 0 ? text.length : newline };
  }
  if (text.startsWith('/*', at)) return { kind: 'block comment', end: blockEnd(text, at + 2) };
  if (char !== '$' || (at > 0 && wordBefore.test(text[at - 1] ?? ''))) return undefined;
  dollarTag.lastIndex = at;
  const tag = dollarTag.exec(text)?.[0];
  return tag ? { kind: 'dollar', end: after(text.indexOf(tag, at + tag.length), tag.length) } : undefined;
};

/** Cuts SQL text into code, quotations and comments; the segments cover the text without gaps. */
export const segmentsOf = (text: string): readonly Segment[] => {
  const segments: Segment[] = [];
  let codeFrom = 0;
  let at = 0;
  while (at < text.length) {
    const opened = opening(text, at);
    if (!opened) {
      at++;
      continue;
    }
    if (at > codeFrom) segments.push({ kind: 'code', start: codeFrom, end: at, closed: true });
    const end = opened.end ?? text.length;
    segments.push({ kind: opened.kind, start: at, end, closed: opened.end !== undefined });
    at = end;
    codeFrom = end;
  }
  if (codeFrom < text.length) segments.push({ kind: 'code', start: codeFrom, end: text.length, closed: true });
  return segments;
};

export interface SplitText {
  /** Statements that a `;` ended, without it, trimmed; empty ones are left out. */
  readonly statements: readonly string[];
  /** What is still waiting for its `;`. Empty where only blanks and finished comments are left. */
  readonly rest: string;
  /** Quotation or comment in which the text stops. */
  readonly open: SegmentKind | undefined;
}

const isComment = (kind: SegmentKind): boolean => kind === 'line comment' || kind === 'block comment';

/** True where the text holds nothing but blanks and finished comments. */
export const isBlank = (text: string): boolean =>
  segmentsOf(text).every(
    ({ kind, start, end, closed }) =>
      (isComment(kind) && closed) || (kind === 'code' && text.slice(start, end).trim() === ''),
  );

/**
 * Splits at each `;` that stands outside of quotations and comments.
 *
 * @example splitStatements("SELECT ';'; SELECT") // { statements: ["SELECT ';'"], rest: 'SELECT', open: undefined }
 */
export const splitStatements = (text: string): SplitText => {
  const segments = segmentsOf(text);
  const ends = segments
    .filter(({ kind }) => kind === 'code')
    .flatMap(({ start, end }) => [...text.slice(start, end).matchAll(/;/g)].map((found) => start + (found.index ?? 0)));
  const starts = [0, ...ends.map((end) => end + 1)];
  const statements = ends.map((end, index) => text.slice(starts[index], end).trim()).filter((one) => !isBlank(one));
  const rest = text.slice(starts.at(-1)).trimStart();
  const last = segments.at(-1);
  return { statements, rest: isBlank(rest) ? '' : rest, open: last && !last.closed ? last.kind : undefined };
};

/**
 * The statement on one line, for the history: line breaks become blanks, comments to the end of a line go.
 * Undefined where that would change it: a quotation holds a line break.
 */
export const onOneLine = (statement: string): string | undefined => {
  let line = '';
  for (const { kind, start, end } of segmentsOf(statement)) {
    const part = statement.slice(start, end);
    if (kind === 'line comment') continue;
    if (kind !== 'code' && kind !== 'block comment' && part.includes('\n')) return undefined;
    line += kind === 'code' || kind === 'block comment' ? part.replace(/\s*\n\s*/g, ' ') : part;
  }
  return line.trim();
};
