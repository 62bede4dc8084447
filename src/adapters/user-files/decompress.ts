import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { OpsError } from '../../base/errors.js';

const broken = (path: string, what: string, cause: unknown): OpsError =>
  new OpsError(
    'invalid_data',
    `${path}: the ${what} stream is damaged or breaks off`,
    'fetch or write the file again',
    {
      reason: 'bad_request_body',
      cause,
    },
  );

async function* gunzip(source: AsyncIterable<Uint8Array>, path: string): AsyncIterable<Uint8Array> {
  const stream = createGunzip();
  const feeding = pipeline(Readable.from(source), stream);
  // The same failure reaches us through the loop below; without a handler it would end the process.
  feeding.catch(() => undefined);
  try {
    for await (const chunk of stream) yield chunk;
    await feeding;
  } catch (error) {
    throw error instanceof OpsError ? error : broken(path, 'gzip', error);
  }
}

async function* unzstd(source: AsyncIterable<Uint8Array>, path: string): AsyncIterable<Uint8Array> {
  let ready: Uint8Array[] = [];
  let ended = false;
  const stream = new Decompress((chunk, last) => {
    if (chunk.length > 0) ready.push(chunk);
    ended ||= last === true;
  });
  const push = (bytes: Uint8Array, final: boolean): void => {
    try {
      stream.push(bytes, final);
    } catch (error) {
      throw broken(path, 'zstd', error);
    }
  };
  let isEmpty = true;
  for await (const bytes of source) {
    isEmpty &&= bytes.length === 0;
    push(bytes, false);
    yield* ready;
    ready = [];
  }
  // Even nothing, compressed, is a header: the decompressor alone would take no bytes for no rows.
  if (isEmpty) throw broken(path, 'zstd', undefined);
  push(new Uint8Array(), true);
  yield* ready;
  if (!ended) throw broken(path, 'zstd', undefined);
}

/** Bytes as they were before compression, by the file's name; a stream that breaks off is `invalid_data`. */
export const decompressed = (source: AsyncIterable<Uint8Array>, path: string): AsyncIterable<Uint8Array> => {
  if (path.endsWith('.gz')) return gunzip(source, path);
  return path.endsWith('.zst') ? unzstd(source, path) : source;
};
