import type { Extent } from '../model.js';

const dayMs = 86_400_000;

/**
 * Extents whose newest row is older than the table keeps. Whole extents only: rows are never rewritten. An extent
 * without a known time range counts from its creation.
 */
export const expired = (
  extents: readonly Extent[],
  { retentionDays, now }: { readonly retentionDays: number; readonly now: Date },
): readonly Extent[] => {
  const oldestKept = now.getTime() - retentionDays * dayMs;
  return extents.filter((extent) => Date.parse(extent.maxTimestamp ?? extent.createdAt) < oldestKept);
};
