import { type ByteStream, type Sink, streamSink } from './sink.js';

/**
 * Holds lines back until there are more than fit on the screen, then sends all of them through the pager; fewer go to
 * the terminal at the flush. After a flush it starts anew, so a shell flushes after each answer.
 */
export const pagedSink = (screen: Sink, { rows, open }: { readonly rows: number; readonly open: () => Sink }): Sink => {
  let held: Buffer[] = [];
  let lines = 0;
  let pager: Sink | undefined;

  const newlines = (bytes: Uint8Array): number => {
    let count = 0;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
    return count;
  };
  const release = async (to: Sink): Promise<void> => {
    const all = Buffer.concat(held);
    held = [];
    await to.write(all);
  };

  return {
    get closed() {
      return pager?.closed ?? screen.closed;
    },
    async write(text) {
      const bytes = Buffer.from(text);
      if (pager) return pager.write(bytes);
      held.push(bytes);
      lines += newlines(bytes);
      if (lines < rows) return;
      pager = open();
      await release(pager);
    },
    async flush() {
      const open = pager;
      pager = undefined;
      lines = 0;
      if (open) return open.flush();
      if (held.length > 0) await release(screen);
      await screen.flush();
    },
  };
};

/** What a sink needs of a pager's process, stdin being a pipe. */
export interface PagerProcess {
  readonly stdin: ByteStream & { end(): unknown };
  on(event: 'close' | 'error', listener: () => void): unknown;
}

/** Writes to a pager; `flush` ends its input and resolves when the reader has left it. */
export const pagerSink = (child: PagerProcess): Sink => {
  const input = streamSink(() => child.stdin);
  const left = new Promise<void>((resolve) => {
    child.on('close', resolve);
    child.on('error', resolve);
  });
  return {
    get closed() {
      return input.closed;
    },
    write: (lines) => input.write(lines),
    async flush() {
      await input.flush();
      child.stdin.end();
      await left;
    },
  };
};
