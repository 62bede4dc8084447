import { onOneLine } from './sql-text.js';

/** Statements kept between sessions. */
export const historySize = 1_000;

/** Newest first, as readline wants it, out of the file's lines, which are oldest first. */
export const parseHistory = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .reverse()
    .slice(0, historySize);

/** The file's text out of entries that are newest first. */
export const historyText = (entries: readonly string[]): string =>
  entries.length === 0 ? '' : `${entries.slice(0, historySize).toReversed().join('\n')}\n`;

/**
 * Entries after a statement was run: the lines that it was typed as give way to one entry that can be run again.
 * Newest first. Lines of a statement that does not fit on one line stay as they are.
 */
export const withStatement = (
  entries: readonly string[],
  { statement, lines }: { readonly statement: string; readonly lines: readonly string[] },
): string[] => {
  const line = onOneLine(statement);
  if (line === undefined || line === '') return [...entries];
  const entry = `${line};`;
  const typed = new Set(lines.filter((one) => one !== entry));
  const recent = entries.slice(0, lines.length).filter((one) => !typed.has(one) && one !== entry);
  const older = entries.slice(lines.length).filter((one) => one !== entry);
  return [entry, ...recent, ...older].slice(0, historySize);
};
