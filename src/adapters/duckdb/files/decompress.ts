import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import type { Compression } from '../../../core/query/index.js';
import { dataFault } from './file-fault.js';

type Bytes = AsyncIterable<Uint8Array>;

const broken = (name: string, kind: string, error: unknown): Error => {
  const reason = error instanceof Error ? error.message : String(error);
  const cut = /unexpected end|unexpected EOF/i.test(reason);
  return dataFault(
    name,
    { message: cut ? `the ${kind} data breaks off: the file is incomplete` : `no valid ${kind} data: ${reason}` },
    cut
      ? 'copy the file again, or write the part that is there with `zcat -q` or `zstdcat` into a file of its own'
      : undefined,
  );
};

/** Errors of the source stay themselves; only the decompressor's become `invalid_data`. */
async function* gunzipped(bytes: Bytes, name: string): Bytes {
  let sourceError: unknown;
  const source = async function* (): Bytes {
    try {
      yield* bytes;
    } catch (error) {
      sourceError = error;
      throw error;
    }
  };
  const unzip = createGunzip({ chunkSize: 1 << 20 });
  const input = Readable.from(source(), { objectMode: false });
  input.on('error', (error) => unzip.destroy(error));
  try {
    yield* input.pipe(unzip);
  } catch (error) {
    throw sourceError ?? broken(name, 'gzip', error);
  } finally {
    input.destroy();
    unzip.destroy();
  }
}

async function* unzstd(bytes: Bytes, name: string): Bytes {
  let ready: Uint8Array[] = [];
  const stream = new Decompress((chunk) => {
    if (chunk.length > 0) ready.push(chunk);
  });
  const push = (chunk: Uint8Array, last: boolean): Uint8Array[] => {
    try {
      stream.push(chunk, last);
    } catch (error) {
      throw broken(name, 'zstd', error);
    }
    const done = ready;
    ready = [];
    return done;
  };
  for await (const chunk of bytes)
    for (let at = 0; at < chunk.length; at += 1 << 18) yield* push(chunk.slice(at, at + (1 << 18)), false);
  yield* push(new Uint8Array(0), true);
}

/** Nothing compressed is still a header: a file without any byte was cut off, or never written. */
async function* notEmpty(bytes: Bytes, compression: Compression, name: string): Bytes {
  let isEmpty = true;
  for await (const chunk of bytes) {
    isEmpty &&= chunk.length === 0;
    yield chunk;
  }
  if (!isEmpty) return;
  throw dataFault(
    name,
    { message: `the file is empty: not even the header of ${compression} data is there` },
    'copy or write the file again',
  );
}

/** The bytes inside; half a file, an empty one or none of the kind is `invalid_data` that names `name`. */
export const decompressed = (bytes: Bytes, compression: Compression, name: string): Bytes => {
  const source = notEmpty(bytes, compression, name);
  return compression === 'gzip' ? gunzipped(source, name) : unzstd(source, name);
};
