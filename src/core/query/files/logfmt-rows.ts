import { kind } from '../ingest/index.js';
import type { FileColumn } from './columns.js';
import { fileColumnType } from './columns.js';
import { parseLogfmtLine } from './logfmt.js';
import { textKind } from './text-kind.js';

/** Column that keeps the text of lines that are not logfmt; it exists only where there is such a line. */
export const rawLineColumn = '_line';

export interface LogfmtRows {
  /** Whole lines; the NDJSON that stands for them, one row per line that is not blank, every value a string. */
  push(text: string): string;
  /** Types by all values so far. */
  columns(): readonly FileColumn[];
  /** Lines kept under `_line`, and the first one's number. */
  kept(): { readonly lines: number; readonly first: number | undefined };
  rows(): number;
}

interface KnownKey {
  readonly name: string;
  readonly json: string;
  kinds: number;
  row: number;
  value: string;
}

/**
 * Turns logfmt into rows. A key that comes twice in a line has its last value; keys that differ only in case are one
 * column. A line without a single `key=value`, or one that breaks the syntax, is kept whole under `_line`: a stack
 * trace amid the log must not stop the question.
 */
export const logfmtRows = (): LogfmtRows => {
  const exact = new Map<string, KnownKey>();
  const folded = new Map<string, KnownKey>();
  let lines = 0;
  let rows = 0;
  let keptLines = 0;
  let firstKept: number | undefined;

  const known = (key: string): KnownKey => {
    const same = exact.get(key) ?? folded.get(key.toLowerCase());
    const entry = same ?? { name: key, json: JSON.stringify(key), kinds: 0, row: 0, value: '' };
    if (!same) folded.set(key.toLowerCase(), entry);
    exact.set(key, entry);
    return entry;
  };

  const write = (keys: readonly KnownKey[]): string => {
    let out = '{';
    for (const entry of keys) {
      if ((entry.kinds & kind.text) === 0) entry.kinds |= textKind(entry.value);
      out += `${out.length > 1 ? ',' : ''}${entry.json}:${JSON.stringify(entry.value)}`;
    }
    return `${out}}\n`;
  };

  const put = (key: string, value: string, into: KnownKey[]): void => {
    const entry = known(key);
    if (entry.row !== rows) into.push(entry);
    entry.row = rows;
    entry.value = value;
  };

  const row = (line: string): string => {
    rows++;
    const parsed = parseLogfmtLine(line);
    const keys: KnownKey[] = [];
    if (parsed.ok && parsed.pairs.length > parsed.bare) {
      for (const { key, value } of parsed.pairs) put(key, value, keys);
      return write(keys);
    }
    keptLines++;
    firstKept ??= lines;
    put(rawLineColumn, line, keys);
    return write(keys);
  };

  return {
    push: (text) => {
      let out = '';
      let from = 0;
      while (from < text.length) {
        const newline = text.indexOf('\n', from);
        const to = newline < 0 ? text.length : newline;
        const line = text.slice(from, text.charCodeAt(to - 1) === 13 && to > from ? to - 1 : to);
        lines++;
        if (line.trim() !== '') out += row(line);
        from = to + 1;
      }
      return out;
    },
    columns: () => [...folded.values()].map(({ name, kinds }) => ({ name, type: fileColumnType(kinds) })),
    kept: () => ({ lines: keptLines, first: firstKept }),
    rows: () => rows,
  };
};
