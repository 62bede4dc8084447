import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type Compression,
  type FileFormat,
  type FileSource,
  formatByName,
  jsonShape,
  sniffFormat,
} from '../../../core/query/index.js';
import { decompressed } from './decompress.js';
import { dataFault, readFault } from './file-fault.js';

const sampleBytes = 64 * 2 ** 10;
const blockBytes = 4 * 2 ** 20;

/** One named file, looked at but not read: what it is and how to get its bytes. */
export interface Input {
  readonly table: string;
  /** As the user calls it. */
  readonly display: string;
  readonly format: FileFormat | 'json_document';
  /** Where the engine can read it as it lies; undefined for stdin, pipes and compressed files. */
  readonly path: string | undefined;
  /** On disk; 0 where unknown. */
  readonly bytes: number;
  readonly byteOrderMark: boolean;
  /** First bytes, decompressed. */
  readonly sample: string;
  /** All bytes, decompressed; of a stream only once. */
  content(): AsyncIterable<Uint8Array>;
  /** Bytes that `content` has handed out so far. */
  delivered(): number;
}

interface Opened {
  readonly path: string | undefined;
  readonly bytes: number;
  readonly compression: Compression | undefined;
  content(): AsyncIterable<Uint8Array>;
}

async function* named(bytes: AsyncIterable<Uint8Array>, display: string): AsyncIterable<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    throw readFault(error, display);
  }
}

const readable = async (path: string, display: string): Promise<{ size: number; regular: boolean }> => {
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) throw Object.assign(new TypeError('a directory'), { code: 'EISDIR' });
    // A pipe (`<(zcat …)`) must not be opened twice: only the reader itself opens it.
    if (facts.isFile()) await (await open(path, 'r')).close();
    return { size: facts.size, regular: facts.isFile() };
  } catch (error) {
    throw readFault(error, display);
  }
};

const openPath = async (display: string, signal: AbortSignal): Promise<Opened> => {
  const path = resolve(display);
  const { size, regular } = await readable(path, display);
  const { compression } = formatByName(display);
  const raw = (): AsyncIterable<Uint8Array> =>
    named(createReadStream(path, { highWaterMark: blockBytes, signal }), display);
  return {
    path: regular && !compression ? path : undefined,
    bytes: regular ? size : 0,
    compression,
    content: regular ? () => inside(raw(), compression, display) : replay(inside(raw(), compression, display)),
  };
};

const inside = (
  bytes: AsyncIterable<Uint8Array>,
  compression: Compression | undefined,
  display: string,
): AsyncIterable<Uint8Array> => (compression ? decompressed(bytes, compression, display) : bytes);

/** Lets a stream be looked at before it is read: what the first reader took is given to the second as well. */
const replay = (bytes: AsyncIterable<Uint8Array>): (() => AsyncIterable<Uint8Array>) => {
  const iterator = bytes[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let readers = 0;
  return async function* () {
    const last = ++readers > 1;
    if (last) while (seen.length > 0) yield* seen.splice(0, 1);
    for (;;) {
      const next = await iterator.next();
      if (next.done === true) return;
      if (!last) seen.push(next.value);
      yield next.value;
    }
  };
};

async function* nothing(): AsyncIterable<Uint8Array> {}

const head = async (bytes: AsyncIterable<Uint8Array>): Promise<{ bytes: Buffer; complete: boolean }> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    chunks.push(chunk.subarray(0, sampleBytes));
    length += chunk.length;
    if (length > sampleBytes) return { bytes: Buffer.concat(chunks).subarray(0, sampleBytes), complete: false };
  }
  return { bytes: Buffer.concat(chunks), complete: true };
};

const smallHead = async (opened: Opened, display: string): Promise<{ bytes: Buffer; complete: boolean }> => {
  if (opened.path === undefined) return head(opened.content());
  const file = await open(opened.path, 'r').catch((error: unknown) => {
    throw readFault(error, display);
  });
  try {
    const buffer = Buffer.alloc(sampleBytes);
    const { bytesRead } = await file.read(buffer, 0, sampleBytes, 0);
    return { bytes: buffer.subarray(0, bytesRead), complete: bytesRead < sampleBytes };
  } finally {
    await file.close();
  }
};

const decide = (
  source: FileSource,
  { sample, complete }: { readonly sample: string; readonly complete: boolean },
): Input['format'] => {
  const byName = formatByName(source.path ?? '');
  const format = source.format ?? byName.format ?? sniffFormat(sample, complete);
  const anyJson = byName.anyJson || (source.format === undefined && byName.format === undefined);
  return format === 'ndjson' && anyJson && jsonShape(sample, complete) === 'document' ? 'json_document' : format;
};

const isMark = (b: Buffer): boolean => b[0] === 0xef && b[1] === 0xbb && b[2] === 0xbf;

/** Looks at one source. Absent: `not_found`; a directory: `usage`; a file that may not be read: `forbidden`. */
export const openInput = async (source: FileSource, signal: AbortSignal): Promise<Input> => {
  const display = source.path ?? source.title ?? 'stdin';
  const { stream } = source;
  const opened: Opened =
    source.path === undefined
      ? { path: undefined, bytes: 0, compression: undefined, content: replay(named(stream ?? nothing(), display)) }
      : await openPath(source.path, signal);
  const first = await smallHead(opened, display);
  const sample = first.bytes.toString('utf8');
  const format = decide(source, { sample, complete: first.complete });
  if (source.format === undefined && format === 'text' && first.bytes.subarray(0, 4).toString('latin1') === 'PAR1')
    throw dataFault(display, { message: 'this is a Parquet file' }, 'say so: --format parquet');
  let delivered = 0;
  async function* content(): AsyncIterable<Uint8Array> {
    for await (const chunk of opened.content()) {
      delivered += chunk.length;
      yield chunk;
    }
  }
  return {
    table: source.name,
    display,
    format,
    path: opened.path,
    bytes: opened.bytes,
    byteOrderMark: isMark(first.bytes),
    sample,
    content,
    delivered: () => delivered,
  };
};
