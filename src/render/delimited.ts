import { ExactNumber, stringifyJson } from '../base/exact-json.js';
import { printable } from './measure.js';

/** The text of a value where there is one cell for it: strings bare, null empty, nested values as compact JSON. */
export const cellText = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && !Number.isFinite(value)) return '';
  if (value instanceof ExactNumber) return value.text;
  if (value instanceof Date) return value.toISOString();
  return stringifyJson(value);
};

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** One record of RFC 4180, with its CRLF. An only, empty cell is quoted: a bare empty line would be no record. */
export const csvLine = (cells: readonly string[]): string =>
  cells.length === 1 && cells[0] === '' ? '""\r\n' : `${cells.map(quoted).join(',')}\r\n`;

const tsvEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** One line of tab-separated values; backslash, tab, newline and carriage return are escaped. */
export const tsvLine = (cells: readonly string[]): string =>
  `${cells.map((cell) => cell.replace(/[\\\t\n\r]/g, (found) => tsvEscapes[found] ?? found)).join('\t')}\n`;

/** Whatever Markdown could take for markup; an underscore within a word is none. */
const markup = /[\\|`*<&]|~(?=~)|\](?=[([])|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;

const markdownCell = (cell: string): string =>
  cell
    .split(/\r\n|\n|\r/)
    .map((part) => printable(part.replace(markup, '\\$&')))
    .join('<br>');

/** One line of a Markdown table; nothing in a cell acts as markup. */
export const markdownLine = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(' | ')} |\n`;

/** Head of a Markdown table: names and the rule below them. */
export const markdownHead = (
  heads: readonly string[],
  aligns: readonly ('left' | 'right' | undefined)[] = [],
): string =>
  `${markdownLine(heads)}|${heads.map((_, index) => (aligns[index] === 'right' ? ' ---: |' : ' --- |')).join('')}\n`;
