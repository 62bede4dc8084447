import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { OpsError } from '../../base/errors.js';
import type { JqAnswer, JqInput, JqStart } from './messages.js';
import { prelude } from './program.js';

/** Set by the build. */
declare const OPS_BUNDLED: true | undefined;

/** A thread of its own for jq: a program may run for ever, and only a thread can be ended. */
export interface JqThread {
  /**
   * Text as it comes, then how the run ended. One run at a time; whoever stops reading before the end ends the thread,
   * and the next run starts another. Throws the signal's reason once that is aborted.
   */
  run(jsonLines: string): AsyncGenerator<string, Extract<JqAnswer, { kind: 'end' }>>;
}

const started = (data: JqStart): Worker => {
  // Whatever jq's package prints by itself is no talk of ours.
  const options = { workerData: data, stdout: true, stderr: true };
  if (typeof OPS_BUNDLED !== 'undefined') return new Worker(new URL('../jq-worker.js', import.meta.url), options);
  // From the sources: a thread does not inherit whatever lets its parent read TypeScript.
  const source = JSON.stringify(new URL('./worker.ts', import.meta.url).href);
  // require() finds the half for CommonJS, which cannot read modules; the other one stands beside it.
  const found = createRequire(import.meta.url)
    .resolve('tsx/esm/api')
    .replace(/cjs$/, 'mjs');
  const reader = JSON.stringify(pathToFileURL(found).href);
  const code = `import(${reader}).then(({ tsImport }) => tsImport(${source}, ${source}));`;
  return new Worker(code, { ...options, eval: true });
};

const broken = (why: string, cause?: unknown): OpsError =>
  new OpsError('internal', `--jq: jq does not run: ${why}`, undefined, { cause });

/** What a worker says, one after the other. */
class Conversation {
  readonly worker: Worker;
  private readonly taken = new SharedArrayBuffer(4);
  private readonly answers: JqAnswer[] = [];
  private failure: unknown;
  private wake: () => void = () => undefined;

  constructor(start: Omit<JqStart, 'taken'>) {
    this.worker = started({ ...start, taken: this.taken });
    this.worker.stdout.resume();
    this.worker.stderr.resume();
    this.worker.on('message', (answer: JqAnswer) => {
      this.answers.push(answer);
      this.wake();
    });
    this.worker.on('error', (cause) =>
      this.fail(broken(cause instanceof Error ? cause.message : String(cause), cause)),
    );
    this.worker.on('exit', (code) => this.fail(broken(`its thread ended with ${code}`)));
    this.worker.unref();
  }

  /** The wait for the next answer ends with this, unless one is there. */
  fail(failure: unknown): void {
    this.failure ??= failure;
    this.wake();
  }

  say(input: JqInput): void {
    this.worker.postMessage(input);
  }

  async next(): Promise<JqAnswer> {
    // The process lives while somebody waits for an answer, and no longer.
    this.worker.ref();
    while (this.answers.length === 0 && this.failure === undefined)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    this.worker.unref();
    const answer = this.answers.shift();
    if (!answer) throw this.failure;
    return answer;
  }

  /** Lets the worker send one part more. */
  took(): void {
    const count = new Int32Array(this.taken);
    Atomics.add(count, 0, 1);
    Atomics.notify(count, 0);
  }
}

/** Starts no thread before the first run. */
export const jqThread = (expression: string, { signal }: { readonly signal: AbortSignal }): JqThread => {
  let talk: Conversation | undefined;
  const end = async (): Promise<void> => {
    const { worker } = talk ?? {};
    talk = undefined;
    await worker?.terminate();
  };

  return {
    async *run(jsonLines) {
      signal.throwIfAborted();
      talk ??= new Conversation({ program: prelude + expression, expression });
      const current = talk;
      const onAbort = (): void => current.fail(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      let isDone = false;
      try {
        current.say({ jsonLines });
        for (;;) {
          const answer = await current.next();
          signal.throwIfAborted();
          if (answer.kind === 'broken') throw broken(answer.message);
          if (answer.kind === 'end') {
            isDone = true;
            return answer;
          }
          yield answer.text;
          current.took();
        }
      } finally {
        signal.removeEventListener('abort', onAbort);
        if (!isDone) await end();
      }
    },
  };
};
