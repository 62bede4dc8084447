import type { FaultCode, OpsError } from '../../base/errors.js';

const hints: Readonly<Record<FaultCode, string>> = {
  usage: 'see `ops --help`',
  not_found: 'check the name; `ops --help` lists the commands that list things',
  unauthenticated: 'give a token with --token-file or OPS_TOKEN',
  forbidden: 'ask for the role that this needs, or use another context',
  conflict: 'wait for the other one to end, or choose another name',
  unavailable: 'check that it is there with `ops doctor`, then try again',
  timeout: 'allow more time with --timeout',
  limit_exceeded: 'ask for less, or raise the limit',
  invalid_data: 'correct the data and try again',
  not_licensed: 'this feature needs a licence',
  partial_failure: 'stdout says which items failed; try those again',
  declined: 'nothing was changed',
  internal: 'this is a bug in ops; try again with --debug for details',
  interrupted: 'run the same command again to finish the work',
};

/** The lines of an error on stderr: what happened, for a mistake in a text its line and a caret, and what to do. */
export const errorText = (error: OpsError, form: 'text' | 'json'): string => {
  const hint = error.hint ?? hints[error.code];
  if (form === 'json') {
    const { code, message, exit, requestId, reason, at } = error;
    return `${JSON.stringify({ error: { code, message, hint, exit, requestId, reason, at } })}\n`;
  }
  const lines = [`ops: ${oneLine(error.message)}`, ...caretLines(error), `hint: ${oneLine(hint)}`];
  return `${lines.join('\n')}\n`;
};

/**
 * JSON only where it was asked for in so many words. Reads argv loosely, since the error may be that argv is wrong; the
 * last format wins, as it does for the command.
 */
export const errorForm = (
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): 'text' | 'json' => {
  const flags = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  let form: 'text' | 'json' = env.OPS_ERROR_FORMAT === 'json' ? 'json' : 'text';
  for (const [index, token] of flags.entries()) {
    const glued = /^(?:--output=|-[qvy]*o=?)(.+)$/.exec(token)?.[1];
    const format = token === '--json' ? 'json' : token === '-o' || token === '--output' ? flags[index + 1] : glued;
    if (format === undefined) continue;
    if (format === 'json' || format === 'ndjson') form = 'json';
    else if (env.OPS_ERROR_FORMAT !== 'json') form = 'text';
  }
  return form;
};

const widest = 76;

/** The line that `at` points into and a caret below it; a long line is cut around the place. */
const caretLines = ({ source, at }: OpsError): readonly string[] => {
  if (source === undefined || at === undefined) return [];
  const line = source.split(/\r\n|\n|\r/)[at.line - 1];
  if (line === undefined || line.trim() === '') return [];
  const column = Math.min(Math.max(at.column, 1), line.length + 1) - 1;
  const start = column < widest - 10 ? 0 : column - Math.floor(widest / 2);
  const cut = line.slice(start, start + widest);
  const before = `${start > 0 ? '…' : ''}${printable(line.slice(start, column))}`;
  const shown = `${start > 0 ? '…' : ''}${printable(cut)}${start + widest < line.length ? '…' : ''}`;
  return [`  ${shown}`, `  ${' '.repeat(cells(before))}^`];
};

/** Tabs as one blank, other control characters as they would be typed: no text may steer the terminal. */
const printable = (text: string): string =>
  text
    .replaceAll('\t', ' ')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);

const oneLine = (text: string): string => printable(text.trim().replace(/\s*[\r\n]+\s*/g, ' '));

/** Terminal cells, near enough for a caret: East Asian wide characters and emoji take two, marks none. */
const cells = (text: string): number => {
  let sum = 0;
  for (const char of text) {
    if (/\p{Mark}/u.test(char)) continue;
    sum +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        char,
      )
        ? 2
        : 1;
  }
  return sum;
};
