import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { loadJq } from 'jq-wasm';

/** How a run ended: `stderr` holds at most its last 64 Ki characters. */
export interface JqRun {
  readonly stderr: string;
  readonly exitCode: number;
}

/** What a run writes, as it writes it. `false` ends the run at once. */
export interface JqSink {
  out(bytes: Uint8Array): boolean;
  err(stderr: string): boolean;
}

/** jq, which blocks its thread while it runs. */
export interface JqEngine {
  run(jsonLines: string, program: string, sink: JqSink): Promise<JqRun>;
}

const keptStderr = 65_536;

/** The part of the global that is used here; Node's types have its names without their values. */
interface Wasm {
  readonly compile: (bytes: Uint8Array) => Promise<WebAssembly.Module>;
  readonly Instance: new (module: WebAssembly.Module, imports: object) => { readonly exports: object };
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
}
const wasm: Wasm = Reflect.get(globalThis, 'WebAssembly');

/** Thrown through jq's own frames: after it the instance is not fit for another run. */
class Stopped {}

type Import = (...args: number[]) => number;
type Imports = Record<string, Record<string, Import>>;

/** The functions that the program is given, one replaced. Their keys are minified, their names are not. */
const replaced = (imports: Imports, name: string, by: Import): Imports => {
  let isFound = false;
  const pick = (original: Import): Import => {
    if (original.name !== name) return original;
    isFound = true;
    return by;
  };
  const groups = Object.entries(imports).map(([group, functions]) => [
    group,
    Object.fromEntries(Object.entries(functions).map(([key, original]) => [key, pick(original)])),
  ]);
  if (!isFound) throw new TypeError(`jq-wasm gives its program no ${name}`);
  return Object.fromEntries(groups);
};

/**
 * Loads jq, whose package collects all of a run's output before it shows any: here its writes are taken where the
 * program makes them, so that an endless program can be read, and ended, while it runs.
 */
export const openEngine = async (): Promise<JqEngine> => {
  const module = await wasm.compile(await readFile(createRequire(import.meta.url).resolve('jq-wasm/jq.wasm')));
  let memory = new wasm.Memory({ initial: 0 });
  let sink: JqSink | undefined;
  let stderr = '';

  /** The bytes of a gathering write; its result goes to `written`. */
  const gathered = (vectors: number, count: number, written: number): Uint8Array => {
    const view = new DataView(memory.buffer);
    const parts = Array.from({ length: count }, (_, index) => {
      const at = vectors + 8 * index;
      return new Uint8Array(memory.buffer, view.getUint32(at, true), view.getUint32(at + 4, true));
    });
    const bytes = Buffer.concat(parts);
    view.setUint32(written, bytes.length, true);
    return bytes;
  };
  const write: Import = (fd = 0, vectors = 0, count = 0, written = 0) => {
    const bytes = gathered(vectors, count, written);
    if (fd === 1 && sink?.out(bytes) === false) throw new Stopped();
    if (fd === 2) {
      stderr = (stderr + Buffer.from(bytes).toString('utf8')).slice(-keptStderr);
      if (sink?.err(stderr) === false) throw new Stopped();
    }
    return 0;
  };

  const fresh = () =>
    loadJq({
      instantiateWasm: (imports, onSuccess) => {
        const given = replaced(imports as Imports, '_fd_write', write);
        const instance = new wasm.Instance(module, given);
        for (const each of Object.values(instance.exports)) if (each instanceof wasm.Memory) memory = each;
        onSuccess(instance, module);
      },
    });

  let jq: Awaited<ReturnType<typeof fresh>> | undefined;
  return {
    async run(jsonLines, program, into) {
      jq ??= await fresh();
      sink = into;
      stderr = '';
      try {
        return { exitCode: jq.raw(jsonLines, program, ['-c']).exitCode, stderr };
      } catch (thrown) {
        jq = undefined;
        if (thrown instanceof Stopped) return { exitCode: 5, stderr };
        // The program died, e.g. of nesting that is too deep for its stack.
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        return { exitCode: 5, stderr: `${stderr}jq: jq gave up: ${why}\n` };
      }
    },
  };
};
