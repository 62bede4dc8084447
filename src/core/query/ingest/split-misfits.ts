import type { ColumnType } from '../model.js';
import { foldKey } from './key-table.js';
import { integerKinds, nextLine, skipBlank, skipInteger } from './lex.js';
import { misfitBits, misfitText } from './misfit.js';
import { NestedKeys } from './nested-keys.js';
import { members } from './rewrite.js';
import { kind, type Span } from './scan-types.js';
import { blanked, type InvalidLine, type SplitBody, withoutLineEnd } from './split-invalid.js';
import { isTimestamp } from './timestamp.js';
import { byteOrderMarkLength } from './utf8.js';

// Kinds of the one value in the span.
const kindsOf = (b: Uint8Array, { from, to }: Span): number => {
  const c = b[from] ?? 0;
  if (c === 34) return isTimestamp(b, from + 1, to - 1) ? kind.timestamp : kind.text;
  if (c === 123 || c === 91) return kind.nested;
  if (c === 45 || (c >= 48 && c <= 57)) return skipInteger(b, from) === to ? integerKinds(b, from, to) : kind.fraction;
  return c === 110 ? kind.null : kind.bool;
};

const wanted = new Uint8Array([1]);
const other = new Uint8Array([0]);

/** Where a line of a body has a value for a column. */
export interface ValuePlace {
  /** Number of the line, from 1. */
  readonly number: number;
  /** The line with its end. */
  readonly line: Span;
  readonly value: Span;
}

/** The values of one column, one per row that has it, in order. The body must have passed the scan. */
export function* valuesOf(body: Uint8Array, name: string): Generator<ValuePlace> {
  const fold = foldKey(name);
  const how = { spell: (key: string) => (foldKey(key) === fold ? wanted : other), nestedKeys: new NestedKeys() };
  let at = byteOrderMarkLength(body);
  for (let number = 1; at < body.length; number++) {
    const to = nextLine(body, at);
    const row = skipBlank(body, at);
    const value = body[row] === 123 ? members(body, row, how).find(({ key }) => key === wanted) : undefined;
    if (value) yield { number, line: { from: at, to }, value };
    at = to;
  }
}

/** A column whose type values have to fit. */
export interface TypedColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/**
 * Parts a body that has passed the scan into what fits a column's type and the lines that do not; `firstLine` is the
 * number of the body's first line in what the user gave. The very same bytes where all fit.
 */
export const splitMisfits = (body: Uint8Array, { name, type }: TypedColumn, firstLine = 1): SplitBody => {
  const bad: Span[] = [];
  const invalid: InvalidLine[] = [];
  for (const { number, line, value } of valuesOf(body, name)) {
    const [bit] = misfitBits(type, kindsOf(body, value), { holdsBigInts: false });
    if (bit === undefined) continue;
    bad.push(line);
    invalid.push({
      line: firstLine + number - 1,
      column: value.from - line.from + 1,
      message: `column "${name}" is ${type}: ${misfitText(type, bit)}`,
      bytes: withoutLineEnd(body, line),
    });
  }
  return bad.length === 0 ? { body, invalid } : { body: blanked(body, bad), invalid };
};
