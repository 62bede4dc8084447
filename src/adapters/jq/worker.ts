import { parentPort, workerData } from 'node:worker_threads';
import { type JqEngine, openEngine } from './engine.js';
import { explainJq, isComplaint, type JqFault } from './fault.js';
import { type JqAnswer, type JqInput, type JqStart, partsAhead } from './messages.js';
import { type JqOutput, jqOutput, lineBytes } from './output.js';

const { program, expression, taken }: JqStart = workerData;
const takenParts = new Int32Array(taken);
let parts = 0;

const post = (answer: JqAnswer): void => parentPort?.postMessage(answer);

/** Sends a part, and waits while the reader is behind: an endless program must not fill the memory. */
const send = (text: string): void => {
  post({ kind: 'part', text });
  parts++;
  for (let read = Atomics.load(takenParts, 0); parts - read >= partsAhead; read = Atomics.load(takenParts, 0))
    Atomics.wait(takenParts, 0, read);
};

/** Runs the program until its end or its first failure. */
const run = async (engine: JqEngine, jsonLines: string, output: JqOutput): Promise<JqFault | undefined> => {
  let tooLong = false;
  const { stderr, exitCode } = await engine.run(jsonLines, program, {
    out(bytes) {
      tooLong = !output.add(bytes);
      return !tooLong;
    },
    // jq would go on with the next input.
    err: (stderr) => !isComplaint(stderr),
  });
  if (tooLong) return { message: `a value of more than ${lineBytes / 2 ** 20} MiB`, isLimit: true };
  return explainJq(stderr, exitCode, expression);
};

const answer = async (engine: JqEngine, jsonLines: string): Promise<JqAnswer> => {
  const output = jqOutput(send);
  const fault = await run(engine, jsonLines, output);
  if (!fault) return { kind: 'end', text: output.rest() };
  // Only what the inputs before the failing one gave is shown, less what is shown already.
  const good = jsonLines.split('\n').slice(0, (fault.input ?? 1) - 1);
  const again = jqOutput(send, { skip: output.sent });
  if (good.length > 0) await run(engine, `${good.join('\n')}\n`, again);
  return { kind: 'end', text: again.rest(), fault };
};

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

try {
  const engine = await openEngine();
  parentPort?.on('message', ({ jsonLines }: JqInput) => {
    answer(engine, jsonLines).then(post, (thrown: unknown) => post({ kind: 'broken', message: messageOf(thrown) }));
  });
} catch (thrown) {
  post({ kind: 'broken', message: messageOf(thrown) });
}
