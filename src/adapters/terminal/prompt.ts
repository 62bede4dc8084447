import { createInterface } from 'node:readline';
import { type Consent, consentTo, declined, isConsent, type Question } from '../../core/config/index.js';

export interface PromptOptions {
  readonly stdin: NodeJS.ReadableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Aborts the question; its reason is what is thrown then. */
  readonly signal: AbortSignal;
  readonly consent: Consent;
}

/**
 * Asks before something is destroyed, unless the flags answer already. Throws `declined` where the answer is no, also
 * at the end of input, and `usage` where nobody can be asked.
 */
export const confirmOnTerminal = async (question: Question, options: PromptOptions): Promise<void> => {
  const asked = consentTo(question, options.consent);
  if (asked.kind === 'given') return;
  const how = asked.kind === 'name' ? `Type ${asked.name} to go on: ` : 'Go on? [y/N] ';
  const { context } = options.consent;
  const what = question.what.charAt(0).toUpperCase() + question.what.slice(1);
  const answer = await lineOf(`${what} (context ${context})? ${question.consequence}\n${how}`, options);
  if (!isConsent(answer, asked)) throw declined(question);
};

/** One line from stdin. The terminal stays in its own line mode: it edits, echoes and turns Ctrl-C into a signal. */
const lineOf = (text: string, { stdin, stderr, signal }: PromptOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    stderr.write(text);
    const lines = createInterface({ input: stdin, terminal: false });
    const onAbort = (): void => {
      stderr.write('\n');
      end();
      reject(signal.reason);
    };
    const end = (): void => {
      signal.removeEventListener('abort', onAbort);
      lines.removeAllListeners();
      lines.close();
      stdin.pause();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    lines.once('line', (line) => {
      end();
      resolve(line);
    });
    // Ctrl-D without an answer: the prompt's line is still open.
    lines.once('close', () => {
      stderr.write('\n');
      end();
      resolve('');
    });
  });
