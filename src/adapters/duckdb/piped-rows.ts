import { OpsError } from '../../base/errors.js';
import { lineReader } from './line-reader.js';
import type { Pouring } from './pouring.js';
import type { RowPipe } from './row-pipes.js';
import type { Work } from './work.js';

export interface PipedRows {
  /** Whole lines in their order. Ending it early ends the engine's work. */
  readonly rows: AsyncGenerator<Uint8Array>;
  /** Resolves when engine and pipe are free again. */
  readonly ended: Promise<void>;
}

/** Bytes of one slice: what a reader who stops makes this process hold. It grows while the reader keeps up. */
const sliceBytes = { least: 16 * 1024 * 1024, most: 64 * 1024 * 1024, growth: 4 };
/** No slice has fewer rows, however long they are. */
const leastRows = 2_048;

const cutShort = (): OpsError =>
  new OpsError('unavailable', 'the rows were cut short: the pipe they came through is gone', 'ask again', {
    reason: 'query_execution_error',
  });

/** Rows that the engine's own threads write into `pipe` while this process reads them. */
export const pipedRows = (
  pipe: RowPipe,
  {
    pouring,
    lines,
    work,
    onRows,
  }: {
    readonly pouring: Pouring;
    readonly lines: string;
    readonly work: Work;
    readonly onRows: (rows: number) => void;
  },
): PipedRows => {
  const reader = lineReader(pipe.fd, { onFull: work.pause, onRoom: work.resume });
  let allowance = sliceBytes.least;
  const turn = async (poured: number): Promise<number> => {
    const waited = await reader.emptied();
    allowance = waited ? sliceBytes.least : Math.min(sliceBytes.most, allowance * sliceBytes.growth);
    if (!pipe.isThere()) throw cutShort();
    return Math.max(leastRows, Math.floor((allowance * poured) / Math.max(1, reader.received())));
  };
  const poured = pouring({ device: pipe.path, lines, work, written: onRows, turn });
  // The end of the pipe, for the reader.
  const written = poured.then(pipe.closeWriter, pipe.closeWriter);
  const ended = Promise.all([written, reader.closed]).then(pipe.release);
  work.onStop(reader.close);

  async function* rows(): AsyncGenerator<Uint8Array> {
    // Whoever stops reading is the only one who ends it from here; a fault goes on as it is.
    let left = true;
    try {
      for (let part = await reader.next(); part !== undefined; part = await reader.next()) yield part;
      const { closed } = await poured;
      // The work was stopped, and nothing that it did has told so: then this step does.
      if (closed) await work.step(async () => undefined);
      if (closed) throw cutShort();
      left = false;
    } catch (error) {
      left = false;
      throw error;
    } finally {
      if (left) work.cancel();
      reader.close();
      await ended;
    }
  }
  return { rows: rows(), ended };
};
