import type { TextPosition } from '../../base/errors.js';

/** What jq complained about. */
export interface JqFault {
  readonly message: string;
  /** Place in the program, prelude taken off. */
  readonly at?: TextPosition | undefined;
  /** Number of the input (from 1) that a running program failed on. */
  readonly input?: number | undefined;
  /** The program wanted more than it may have. */
  readonly isLimit?: boolean | undefined;
}

const place = /^jq: error: (.*?) at <top-level>, line (\d+), column (\d+)(?:, line \d+, column \d+)?:/s;
const running = /^jq: error \(at [^)]*?:(\d+)\)(?: \(not a string\))?: (.*)$/m;

const complaint = /^jq: error \(at [^)]*?:\d+\).*\n/m;

/** Whether a running program has complained of an input, to the end of the line. */
export const isComplaint = (stderr: string): boolean => complaint.test(stderr);

const outOfMemory = /^jq: error: cannot allocate memory$/m;

const words: readonly (readonly [RegExp, string])[] = [
  [/INVALID_CHARACTER/g, 'a character that means nothing here'],
  [/QQSTRING_\w+( or QQSTRING_\w+)*/g, 'the rest of a string'],
  [/\bIDENT\b/g, 'a name'],
  [/\bFIELD\b/g, 'a field'],
  [/\bBINDING\b/g, 'a variable'],
  [/\bLITERAL\b/g, 'a number'],
  [/\bFORMAT\b/g, 'a format'],
  [/end of file/g, 'end of the program'],
];

const clean = (message: string): string =>
  words.reduce((text, [jargon, word]) => text.replace(jargon, word), message.trim());

/** Columns of jq count bytes; ours count UTF-16 units. */
const columnIn = (line: string, byte: number): number =>
  Buffer.from(line, 'utf8')
    .subarray(0, Math.max(0, byte - 1))
    .toString('utf8').length + 1;

/**
 * The first complaint in jq's stderr; undefined where it only talked (`debug`, `stderr`).
 * `expression` serves to count the column in characters.
 */
export const explainJq = (stderr: string, exitCode: number, expression = ''): JqFault | undefined => {
  const found = place.exec(stderr);
  if (found) {
    const [, message = '', line = '', column = ''] = found;
    const number = Math.max(1, Number(line) - 1);
    const text = expression.split('\n')[number - 1] ?? '';
    return { message: clean(message), at: { line: number, column: columnIn(text, Number(column)) } };
  }
  if (outOfMemory.test(stderr)) return { message: 'the program needs more memory than jq may have', isLimit: true };
  const failed = running.exec(stderr);
  if (failed) return { message: clean(failed[2] ?? ''), input: Number(failed[1]) };
  if (exitCode === 0) return undefined;
  return { message: clean(stderr.split('\n')[0]?.replace(/^jq: (error: )?/, '') || `jq ended with ${exitCode}`) };
};
