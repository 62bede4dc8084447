import type { Extent } from '../model.js';

export interface CompactionLimits {
  /** A merged extent holds at most this many rows and bytes. */
  readonly maxRows: number;
  readonly maxBytes: number;
}

export const compactionLimits: CompactionLimits = { maxRows: 2_000_000, maxBytes: 256 * 2 ** 20 };

/** Runs of neighbours, in the order of their commits, that fit one extent together; runs of one are left out. */
const runs = (extents: readonly Extent[], limits: CompactionLimits): Extent[][] => {
  const found: Extent[][] = [];
  let run: Extent[] = [];
  let rows = 0;
  let bytes = 0;
  for (const extent of extents) {
    if (run.length > 0 && (rows + extent.rowCount > limits.maxRows || bytes + extent.byteSize > limits.maxBytes)) {
      found.push(run);
      run = [];
      rows = 0;
      bytes = 0;
    }
    run.push(extent);
    rows += extent.rowCount;
    bytes += extent.byteSize;
  }
  found.push(run);
  return found.filter(({ length }) => length > 1);
};

/** All merges that leave fewer extents: what `ops logs compact` does. */
export const everyMerge = (extents: readonly Extent[], limits = compactionLimits): readonly Extent[][] =>
  runs(extents, limits);

/** So many files slow every query down enough to rewrite even a large neighbour. */
const tooMany = 64;

/**
 * Merges worth their writing, for the background: a run waits until its smaller members together weigh a quarter of
 * its largest, or until there are too many of them. So a row is rewritten a logarithmic number of times, not at each
 * ingest.
 */
export const worthwhileMerges = (extents: readonly Extent[], limits = compactionLimits): readonly Extent[][] =>
  runs(extents, limits).filter((run) => {
    const largest = Math.max(...run.map(({ rowCount }) => rowCount));
    const total = run.reduce((sum, { rowCount }) => sum + rowCount, 0);
    return run.length >= tooMany || (run.length > 2 && (total - largest) * 4 >= largest);
  });
