import { Writable } from 'node:stream';
import { stringify } from 'yaml';
import type { ResultColumn } from '../../src/core/query/index.js';
import { createOutput, type OutputOptions, type RowStream } from '../../src/render/index.js';

/** A stdout that remembers. */
export const memoryStream = () => {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, chunks, text: () => Buffer.concat(chunks).toString('utf8') };
};

/** A stdout whose reader leaves after `bytes`. */
export const closingStream = (bytes: number) => {
  let seen = 0;
  let writesAfter = 0;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (seen >= bytes) {
        writesAfter++;
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
        return;
      }
      seen += chunk.length;
      done();
    },
  });
  return { stream, writesAfter: () => writesAfter };
};

/** An output into memory, with everything it said on stderr. */
export const capture = ({
  width = 80,
  ...options
}: Omit<Partial<OutputOptions>, 'width'> & { readonly width?: number } = {}) => {
  const { stream, text } = memoryStream();
  const said: string[] = [];
  const out = createOutput({
    stdout: () => stream,
    isTerminal: false,
    notes: {
      note: (line) => said.push(line),
      warn: (line) => said.push(`warning: ${line}`),
      progressDone: () => undefined,
    },
    yaml: async () => (value) => stringify(value),
    pourable: () => false,
    width: () => width,
    ...options,
  });
  const printed = async (): Promise<string> => {
    await out.flush();
    return text();
  };
  return { out, said, printed };
};

export const columnsOf = (types: Readonly<Record<string, ResultColumn['type']>>): readonly ResultColumn[] =>
  Object.entries(types).map(([name, type]) => ({ name, type, engineType: type.toUpperCase() }));

/** Query rows of NDJSON lines, in chunks of `perChunk` lines. */
export const rowsOf = (
  types: Readonly<Record<string, ResultColumn['type']>>,
  lines: readonly string[],
  { perChunk = 2 }: { readonly perChunk?: number } = {},
): RowStream & { readonly state: { cancelled: number; chunks: number } } => {
  const state = { cancelled: 0, chunks: 0 };
  return {
    state,
    columns: columnsOf(types),
    async *ndjson() {
      for (let at = 0; at < lines.length; at += perChunk) {
        state.chunks++;
        yield Buffer.from(`${lines.slice(at, at + perChunk).join('\n')}\n`);
      }
    },
    cancel() {
      state.cancelled++;
    },
  };
};
