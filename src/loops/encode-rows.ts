import { scanNdjson } from '../core/query/index.js';

/** A thousand of the longest lines are still one ingest. */
const maxLineBytes = 60_000;

const encoder = new TextEncoder();

// Half a surrogate pair is no character: the ingest refuses it, and one such name must not stop everything behind it.
const wellFormed = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\uFFFD') : value;

const lineOf = (row: Readonly<Record<string, unknown>>): string =>
  `${JSON.stringify(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, wellFormed(value)])))}\n`;

const isTaken = (line: Uint8Array): boolean => line.length <= maxLineBytes && scanNdjson(line).ok;

/**
 * Rows as NDJSON that the ingest takes: a `detail` that is too long or that is no proper JSON is left out, with a word
 * about it in its place. So an event can lose a part of itself, but it never blocks the ones behind it.
 */
export const encodeRows = (rows: readonly Readonly<Record<string, unknown>>[]): Uint8Array => {
  const lines = rows.map((row) => {
    const line = encoder.encode(lineOf(row));
    return isTaken(line) ? line : encoder.encode(lineOf({ ...row, detail: { omitted_bytes: line.length } }));
  });
  const body = new Uint8Array(lines.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const line of lines) {
    body.set(line, at);
    at += line.length;
  }
  return body;
};
