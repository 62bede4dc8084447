/**
 * The items of `source` until the signal aborts, then its end: also while the next item is waited for, as at a pipe
 * that stays silent. The source is told, but not waited for.
 */
export async function* untilAborted<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<undefined>((resolve) => {
    onAbort = () => resolve(undefined);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  let ended = false;
  try {
    for (;;) {
      const next = iterator.next();
      const item = await Promise.race([aborted, next]);
      if (item === undefined || item.done === true) {
        ended = item !== undefined;
        if (!ended) next.catch(() => undefined); // Nobody waits for it any more.
        return;
      }
      yield item.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    if (!ended) Promise.resolve(iterator.return?.()).catch(() => undefined);
  }
}
