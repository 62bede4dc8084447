import type { Context } from '../../context.js';
import { countOf } from './count-of.js';

/** A chunk that was answered with what is stored under its key, which is another number of rows. */
export interface DifferingReplay {
  /** Number of the chunk, from 1. */
  readonly chunk: number;
  readonly recorded: number;
  readonly sent: number;
}

const mostNamed = 3;

/**
 * Says that rows were not stored because their key was used before: a key stands for one input, and whatever is sent
 * under it later is only counted.
 */
export const tellDifferingReplays = (ctx: Context, found: readonly DifferingReplay[], key: string): void => {
  if (found.length === 0) return;
  const inOrder = found.toSorted((a, b) => a.chunk - b.chunk);
  const named = inOrder.slice(0, mostNamed).map(({ chunk, recorded, sent }) => {
    return `${key}#${chunk} (${countOf(recorded, 'row')} stored then, ${sent.toLocaleString('en')} sent now)`;
  });
  const more = inOrder.length > mostNamed ? ` and ${inOrder.length - mostNamed} more` : '';
  ctx.err.warn(
    `--idempotency-key ${key} stands for another input: nothing was added for ${named.join(', ')}${more}; to store what is new, send only that, under another key`,
  );
};
