import { StringDecoder } from 'node:string_decoder';
import { OpsError } from '../../base/errors.js';

export interface HiddenPromptOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stderr: NodeJS.WritableStream;
  /** Aborts the question; its reason is what is thrown then. */
  readonly signal: AbortSignal;
  /** True where nobody may be asked. */
  readonly noInput: boolean;
}

const enter = /[\r\n]/;
const keys = { interrupt: '\u0003', end: '\u0004', erase: ['\u0008', '\u007f'], eraseLine: '\u0015' } as const;
/** Arrows and the like: nothing that belongs to a secret. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal sends for such keys begins with one
const functionKey = /^\u001b(?:\[[0-9;]*[ -/]*[@-~]|O.|.?)/;

const interrupted = (): OpsError => new OpsError('interrupted', 'interrupted by Ctrl-C', undefined, { exit: 130 });

type Step = { readonly typed: string } | { readonly done: string; readonly rest: string } | { readonly left: OpsError };

/** What the keys make of the text typed so far. */
const stepOf = (before: string, keysPressed: string): Step => {
  let typed = before;
  let rest = keysPressed;
  while (rest !== '') {
    const [key = ''] = rest;
    const special = functionKey.exec(rest)?.[0];
    rest = rest.slice(special?.length ?? key.length);
    if (special !== undefined) continue;
    if (enter.test(key)) return { done: typed, rest: key === '\r' && rest.startsWith('\n') ? rest.slice(1) : rest };
    if (key === keys.interrupt) return { left: interrupted() };
    if (key === keys.end && typed === '')
      return { left: new OpsError('declined', 'nothing was typed', 'nothing was changed') };
    if (key === keys.eraseLine) typed = '';
    else if (keys.erase.some((erase) => erase === key)) typed = [...typed].slice(0, -1).join('');
    else if (key >= ' ') typed += key;
  }
  return { typed };
};

/**
 * One line from the terminal, without an echo; Backspace and Ctrl-U mend it. The terminal is put back in every case.
 * Throws `declined` where the input ends before a line, `interrupted` at Ctrl-C, `usage` where nobody can be asked.
 */
export const hiddenLine = async (question: string, options: HiddenPromptOptions): Promise<string> => {
  const { stdin, stderr, signal, noInput } = options;
  signal.throwIfAborted();
  if (noInput || stdin.isTTY !== true)
    throw new OpsError('usage', 'a secret is needed, and nobody can be asked here', 'pipe it in, see --help', {
      reason: 'input_needed',
    });
  const decoder = new StringDecoder('utf8');
  let typed = '';
  const wasRaw = stdin.isRaw === true;
  // Before the question is shown: what is typed at once is not echoed either.
  stdin.setRawMode(true);
  stderr.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      const stop = (): void => {
        stdin.off('data', onData);
        stdin.off('end', onEnd);
        stdin.off('error', onError);
        signal.removeEventListener('abort', onAbort);
        stdin.pause();
      };
      const fail = (error: unknown): void => {
        stop();
        reject(error);
      };
      const onData = (bytes: Buffer): void => {
        const step = stepOf(typed, decoder.write(bytes));
        if ('left' in step) fail(step.left);
        else if ('typed' in step) typed = step.typed;
        else {
          stop();
          // Pasted ahead, for the next question.
          if (step.rest !== '') stdin.unshift(Buffer.from(step.rest));
          resolve(step.done);
        }
      };
      const onEnd = (): void => fail(new OpsError('declined', 'nothing was typed', 'nothing was changed'));
      const onError = (error: Error): void => fail(error);
      const onAbort = (): void => fail(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      stdin.on('data', onData);
      stdin.on('end', onEnd);
      stdin.on('error', onError);
      stdin.resume();
    });
  } finally {
    stdin.setRawMode(wasRaw);
    stderr.write('\n');
  }
};
