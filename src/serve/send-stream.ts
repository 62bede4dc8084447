import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createGzip, constants as zlib } from 'node:zlib';
import type { OpsError } from '../base/errors.js';
import type { StreamedAnswer } from './route.js';

/** A client that takes nothing for so long is gone: its query must not hold the engine. */
const stallMs = 15_000;

const flushMs = 2_000;

/** True once the response is closed, for whatever reason. */
const isGone = (response: ServerResponse): boolean => response.destroyed || response.closed;

/** Resolves when the client has taken what was written, or is gone. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const stalled = setTimeout(() => response.destroy(), stallMs);
    const done = (): void => {
      clearTimeout(stalled);
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });

/** What was written has left for the kernel, or nobody takes it. */
const flushed = async (response: ServerResponse): Promise<void> => {
  if (isGone(response) || response.socket === null) return;
  const late = AbortSignal.timeout(flushMs);
  await Promise.race([
    new Promise<void>((resolve) => response.socket?.write('', () => resolve())),
    once(response, 'close', { signal: late }).catch(() => undefined),
  ]);
};

/** The parts, gzipped: what was put in is flushed out, so that a slow query's first rows arrive. */
async function* gzipped(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip({ level: 1, flush: zlib.Z_SYNC_FLUSH });
  let failure: { readonly error: unknown } | undefined;
  const feed = (async () => {
    for await (const part of parts) if (!gzip.write(part)) await once(gzip, 'drain');
  })()
    .catch((error: unknown) => {
      failure = { error };
    })
    // What came before a failure, its last line too, must not stay in the compressor.
    .finally(() => gzip.end());
  try {
    yield* gzip;
    if (failure) throw failure.error;
  } finally {
    gzip.destroy();
    await feed;
  }
}

/**
 * Rows out, with back-pressure: memory stays bounded however slow the client is. Resolves when the last byte has
 * left or the client has gone; an error in the middle cuts the stream without its final chunk, so that no
 * client takes half for the whole, and is thrown.
 */
export const sendStream = async (
  response: ServerResponse,
  answer: StreamedAnswer,
  {
    headers,
    gzip,
    sent,
    failed,
  }: {
    readonly headers: Readonly<Record<string, number | string | string[]>>;
    readonly gzip: boolean;
    /** Told what was sent, before the response closes. */
    readonly sent: (bytes: number) => void;
    readonly failed: (error: unknown) => void;
  },
): Promise<void> => {
  const { trailers = {} } = answer;
  const names = Object.keys(trailers);
  let bytes = 0;
  response.writeHead(answer.status, {
    ...headers,
    ...answer.headers,
    ...(names.length > 0 && { trailer: names.join(', ') }),
    ...(gzip && { 'content-encoding': 'gzip', vary: 'accept-encoding' }),
  });
  let overdue: OpsError | undefined;
  const { deadline } = answer;
  const timer =
    deadline &&
    setTimeout(
      () => {
        overdue = deadline.error;
        failed(overdue);
        if (response.writableNeedDrain) response.destroy();
      },
      Math.min(2 ** 31 - 1, Math.max(0, deadline.atMs - performance.now())),
    );
  try {
    for await (const part of gzip ? gzipped(answer.stream) : answer.stream) {
      if (isGone(response)) return;
      if (overdue) throw overdue;
      bytes += part.length;
      sent(bytes);
      if (!response.write(part)) await drained(response);
    }
    if (isGone(response)) return;
    response.addTrailers(
      Object.entries(trailers).flatMap(([name, value]): [string, string][] => {
        const text = value();
        return text === undefined ? [] : [[name, text]];
      }),
    );
    response.end();
  } catch (error) {
    failed(error);
    if (error === overdue && answer.lastLine && !gzip) response.write(answer.lastLine(error));
    await flushed(response);
    response.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    await answer.close();
  }
};
