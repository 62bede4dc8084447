const ascii = /^[ -~]*$/;
/** Control characters, separators that break lines, and marks that turn the writing direction. */
const unprintable = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const named: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r' };
let graphemes: Intl.Segmenter | undefined;
let cellsOf: ((text: string) => number) | undefined;

/**
 * Loads the tables of character widths, which take 30 ms: whoever lays out cells awaits this first. Before it, every
 * character that is not ASCII counts as one cell.
 */
export const loadWidths = async (): Promise<void> => {
  cellsOf ??= (await import('string-width')).default;
};

const escaped = (character: string): string => {
  const code = character.charCodeAt(0);
  return named[character] ?? (code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`);
};

/**
 * The text with everything that could move a terminal's cursor shown as an escape.
 *
 * @example printable('a\u001b[31m\n') // 'a\\x1b[31m\\n'
 */
export const printable = (text: string): string => (ascii.test(text) ? text : text.replace(unprintable, escaped));

/** Terminal cells that a printable text takes; wide characters and emoji are two. */
export const displayWidth = (text: string): number =>
  ascii.test(text) ? text.length : (cellsOf?.(text) ?? [...text].length);

/** The text cut to at most `width` cells, the last of them `…` if anything was cut. */
export const shorten = (text: string, width: number): string => {
  if (text.length <= width && ascii.test(text)) return text;
  // Enough code units for any real `width` cells: a log line of 50 MB is not measured to its end.
  const head = text.length > width * 16 + 64 ? text.slice(0, width * 16 + 64) : text;
  if (head === text && displayWidth(text) <= width) return text;
  if (width <= 1) return width === 1 ? '…' : '';
  if (ascii.test(head)) return `${head.slice(0, width - 1)}…`;
  graphemes ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(head)) {
    const cells = displayWidth(segment);
    if (used + cells > width - 1) break;
    kept += segment;
    used += cells;
  }
  return `${kept}…`;
};

/** The text filled with blanks to `width` cells. */
export const pad = (text: string, width: number, align: 'left' | 'right' = 'left'): string => {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'right' ? blanks + text : text + blanks;
};
