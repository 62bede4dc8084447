import { OpsError } from '../base/errors.js';

/** Where finished lines go. */
export interface Sink {
  /** True once the reader has gone away; writing is then a no-op. */
  readonly closed: boolean;
  /** Whole lines only. Resolves when more may be written; throws `unavailable` where the stream is broken (disk full). */
  write(lines: string | Uint8Array): Promise<void>;
  /** Resolves when everything written has left the process, or the reader has gone. */
  flush(): Promise<void>;
}

/** What a sink needs of a Node stream. */
export interface ByteStream {
  write(chunk: Uint8Array, done: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** So much is gathered before a write, so that rows are not one system call each. */
const batchBytes = 65_536;
const goneCodes = new Set(['EPIPE', 'EOF', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END']);

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '');

const broken = (error: Error): OpsError =>
  new OpsError(
    'unavailable',
    `stdout cannot be written: ${error.message}`,
    'make room, or send the output somewhere else, and try again',
    { reason: 'stdout_failed', cause: error },
  );

/**
 * A sink over a stream that is opened with the first write (merely touching `process.stdout` costs time and turns a
 * pipe non-blocking). Lines are gathered up to 64 KiB, and written as soon as nothing more comes in the same turn: a row
 * of a slow producer never waits. One write is in flight at a time, so back-pressure reaches the producer.
 */
export const streamSink = (open: () => ByteStream): Sink => {
  let stream: ByteStream | undefined;
  let closed = false;
  let failure: OpsError | undefined;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let inFlight: Promise<void> | undefined;
  let willWake = false;
  let giveUp: () => void = () => undefined;

  const settle = (error: Error | null | undefined): void => {
    if (!error || closed) return;
    closed = true;
    pending = [];
    pendingBytes = 0;
    if (!goneCodes.has(codeOf(error))) failure = broken(error);
  };

  const opened = (): ByteStream => {
    if (stream) return stream;
    stream = open();
    // Without a listener Node ends the process at the first EPIPE. It stays for good: the error may come late.
    stream.on('error', (error) => {
      settle(error);
      giveUp();
    });
    return stream;
  };

  const send = async (): Promise<void> => {
    while (pendingBytes > 0 && !closed) {
      const chunk = pending.length === 1 && pending[0] ? pending[0] : Buffer.concat(pending);
      pending = [];
      pendingBytes = 0;
      await new Promise<void>((resolve) => {
        giveUp = resolve;
        opened().write(chunk, (error) => {
          settle(error);
          resolve();
        });
      });
    }
  };

  const drain = (): Promise<void> => {
    inFlight ??= send()
      .catch((error: unknown) => settle(error instanceof Error ? error : undefined))
      .finally(() => {
        inFlight = undefined;
      });
    return inFlight;
  };

  const raise = (): void => {
    if (failure) throw failure;
  };

  return {
    get closed() {
      return closed;
    },
    async write(lines) {
      raise();
      if (closed || lines.length === 0) return;
      const bytes = typeof lines === 'string' ? Buffer.from(lines) : lines;
      pending.push(bytes);
      pendingBytes += bytes.length;
      if (pendingBytes >= batchBytes) {
        await drain();
        return raise();
      }
      if (willWake) return;
      willWake = true;
      setImmediate(() => {
        willWake = false;
        void drain();
      });
    },
    async flush() {
      while (pendingBytes > 0 || inFlight) await drain();
      raise();
    },
  };
};
