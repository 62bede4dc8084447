import { OpsError } from '../../base/errors.js';
import type { JqFault } from './fault.js';
import { jqThread } from './thread.js';

/** A program that compiles. */
export interface JqProgram {
  /**
   * What the program makes of each JSON text (one a line), as it is printed, while it runs: starting jq costs more than a
   * thousand rows, so rows come in batches. After the text of the inputs before it throws what failed. Whoever stops
   * reading ends the run.
   */
  run(jsonLines: string): AsyncIterable<string>;
}

const compileError = (expression: string, { message, at }: JqFault): OpsError =>
  new OpsError('usage', `--jq: ${message}`, 'see how the language looks with `ops help jq`', {
    reason: 'jq_error',
    ...(at ? { at, source: expression } : {}),
  });

/** Mistakes of the program itself that jq finds only while running. */
const isProgramsFault = /is not a valid format|does not work with --jq/;

const runError = ({ message }: JqFault): OpsError =>
  isProgramsFault.test(message)
    ? compileError('', { message })
    : new OpsError(
        'invalid_data',
        `--jq: ${message}`,
        'let the program expect such values, e.g. `.a?`, `select(.a != null)` or `try … catch …`',
        { reason: 'jq_error' },
      );

const limitError = (message: string): OpsError =>
  new OpsError(
    'limit_exceeded',
    `--jq: ${message}`,
    'let it give many small values instead of a big one, e.g. `.[]` instead of `[.[]]`',
    { reason: 'jq_limit' },
  );

/**
 * Loads jq in a thread of its own and compiles the program; a bad one is `usage` with the place of the mistake. Numbers
 * that the program only moves keep all their digits; arithmetic is that of doubles. An abort of the signal ends the
 * program wherever it stands and is thrown with its reason.
 */
export const loadJq = async (expression: string, { signal }: { readonly signal: AbortSignal }): Promise<JqProgram> => {
  if (expression.trim() === '')
    throw new OpsError('usage', '--jq: the program is empty', 'use `--jq .` for everything, or see `ops help jq`');
  const thread = jqThread(expression, { signal });

  async function* run(jsonLines: string, explain: (fault: JqFault) => OpsError): AsyncGenerator<string> {
    const { text, fault } = yield* thread.run(jsonLines);
    if (text !== '') yield text;
    if (fault) throw fault.isLimit ? limitError(fault.message) : explain(fault);
  }

  // Without an input nothing runs: only mistakes of the language show.
  for await (const _ of run('', (fault) => compileError(expression, fault)));
  return { run: (jsonLines) => run(jsonLines, runError) };
};
