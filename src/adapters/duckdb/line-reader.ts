import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';

/** What is read from a pipe, in whole lines. One reader at a time. */
export interface LineReader {
  /** The next lines; undefined at the end, a last line without its newline left out. */
  next(): Promise<Uint8Array | undefined>;
  /** Resolves when nearly everything has been taken; true where somebody had to be waited for. */
  emptied(): Promise<boolean>;
  /** Bytes read from the pipe so far. */
  received(): number;
  /** Ends it: whoever writes finds the pipe broken, and nothing more comes out. Safe at any time. */
  close(): void;
  /** Resolves when the descriptor is closed. */
  readonly closed: Promise<void>;
}

export interface LineReaderOptions {
  /** Called when so much lies unread that the pipe is left alone for now, and when there is room again. */
  readonly onFull: () => void;
  readonly onRoom: () => void;
}

/** Big enough for few writes, little enough to be given again by the allocator. */
const slabBytes = 512 * 1024;
/** What a pipe of Linux holds: more never comes at once. */
const readBytes = 64 * 1024;
/** So much may lie here unread; a writer in the engine waits in one of few threads, so better here than there. */
const fullBytes = 64 * 1024 * 1024;
const nearlyEmptyBytes = 1024 * 1024;
/** How long a few lines wait for more. */
const lateMs = 5;
const newline = 10;

/** Reads `fd`, the end of a pipe, without a thread; closes it at the end. */
export const lineReader = (fd: number, { onFull, onRoom }: LineReaderOptions): LineReader => {
  let slab = Buffer.allocUnsafeSlow(slabBytes);
  /** What lies between is not yet in any part. */
  let start = 0;
  let filled = 0;
  let received = 0;
  let parts: Uint8Array[] = [];
  let partBytes = 0;
  let first = true;
  let full = false;
  let ended = false;
  let fault: Error | undefined;
  let late: NodeJS.Timeout | undefined;
  let wakeReader: (() => void) | undefined;
  const empties: (() => void)[] = [];

  const wake = (): void => {
    wakeReader?.();
    wakeReader = undefined;
    if (!ended && partBytes + filled - start > nearlyEmptyBytes) return;
    for (const resolve of empties.splice(0)) resolve();
  };

  /** Makes the whole lines that lie in the slab the next part. Never moves the place that is read into. */
  const cut = (): void => {
    clearTimeout(late);
    late = undefined;
    const end = filled === start ? start : slab.lastIndexOf(newline, filled - 1) + 1;
    if (end <= start) return;
    parts.push(slab.subarray(start, end));
    partBytes += end - start;
    start = end;
    first = false;
    wake();
  };

  const cutSoon = (): void => {
    if (filled === start || late) return;
    // The first rows leave at once: somebody may be waiting for them.
    late = setTimeout(cut, first ? 0 : lateMs);
  };

  /** A place for what comes next; the parts keep the slab they lie in. */
  const makeRoom = (): void => {
    if (slab.length - filled >= readBytes) return;
    cut();
    const rest = filled - start;
    // Twice as much where one line is longer than the slab.
    const next = Buffer.allocUnsafeSlow(Math.max(slabBytes, rest * 2));
    slab.copy(next, 0, start, filled);
    slab = next;
    start = 0;
    filled = rest;
  };

  const onBytes = (bytes: number): boolean => {
    filled += bytes;
    received += bytes;
    makeRoom();
    if (wakeReader) cutSoon();
    if (partBytes < fullBytes) return true;
    full = true;
    onFull();
    return false;
  };

  // Read straight into the slab; the types know `onread` of connections only.
  const options: SocketConstructorOpts & { readonly onread: OnReadOpts } = {
    fd,
    readable: true,
    writable: false,
    onread: { buffer: () => slab.subarray(filled), callback: onBytes },
  };
  const socket = new Socket(options);

  const leave = (): void => {
    if (!full) return;
    full = false;
    onRoom();
    if (!ended) socket.resume();
  };

  const finish = (): void => {
    if (ended) return;
    cut();
    ended = true;
    wake();
  };
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      finish();
      resolve();
    });
  });
  socket.on('error', (error) => {
    fault = error;
  });
  socket.resume();

  return {
    next: async () => {
      for (;;) {
        const part = parts.shift();
        if (part) {
          partBytes -= part.length;
          if (partBytes <= fullBytes / 2) leave();
          wake();
          return part;
        }
        if (fault) throw fault;
        if (ended) return undefined;
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
          cutSoon();
        });
      }
    },
    emptied: async () => {
      if (ended || partBytes + filled - start <= nearlyEmptyBytes) return false;
      await new Promise<void>((resolve) => empties.push(resolve));
      return true;
    },
    received: () => received,
    close: () => {
      clearTimeout(late);
      ended = true;
      parts = [];
      partBytes = 0;
      socket.destroy();
      leave();
      wake();
    },
    closed,
  };
};
