import { OpsError } from '../../base/errors.js';
import { explainJq, type JqFault } from './fault.js';
import { prelude, printed } from './program.js';

/** Output of a program for some inputs; `text` is what to print for the inputs before a `fault`. */
export interface JqOutcome {
  readonly text: string;
  readonly fault?: OpsError | undefined;
}

/** A program that compiles. */
export interface JqProgram {
  /** Runs it on each JSON text (one a line), all in one call: starting jq costs more than a thousand rows. */
  apply(jsonLines: string): JqOutcome;
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

/**
 * Loads jq and compiles the program; a bad one is `usage` with the place of the mistake. Numbers that the program only
 * moves keep all their digits; arithmetic is that of doubles.
 *
 * @example (await loadJq('.a')).apply('{"a":9007199254740993}\n').text // '9007199254740993\n'
 */
export const loadJq = async (expression: string): Promise<JqProgram> => {
  if (expression.trim() === '')
    throw new OpsError('usage', '--jq: the program is empty', 'use `--jq .` for everything, or see `ops help jq`');
  const { loadJq: load } = await import('jq-wasm');
  const jq = await load();
  const program = prelude + expression;
  const run = (jsonLines: string) => {
    const { stdout, stderr, exitCode } = jq.raw(jsonLines, program, ['-c']);
    return { stdout, fault: explainJq(stderr, exitCode, expression) };
  };

  const compiled = run('');
  if (compiled.fault) throw compileError(expression, compiled.fault);

  return {
    apply(jsonLines) {
      const { stdout, fault } = run(jsonLines);
      if (!fault) return { text: printed(stdout) };
      // jq goes on after a failed input; here the rows before it are shown, and nothing after it.
      const good = jsonLines.split('\n').slice(0, (fault.input ?? 1) - 1);
      const text = good.length > 0 ? printed(run(`${good.join('\n')}\n`).stdout) : '';
      return { text, fault: runError(fault) };
    },
  };
};
