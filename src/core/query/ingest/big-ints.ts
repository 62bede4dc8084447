import type { TableSnapshot } from '../model.js';

const limit = 2n ** 53n;

const isBig = (text: string | undefined): boolean => {
  if (text === undefined || !/^-?\d+$/.test(text)) return false;
  const value = BigInt(text);
  return value > limit || value < -limit;
};

/** Columns whose extents hold integers that a real cannot hold exactly: they may widen to string only. */
export const holdsBigInts = ({ extents }: TableSnapshot): ReadonlySet<string> => {
  const columns = new Set<string>();
  for (const { columnStats } of extents) {
    for (const [name, { min, max }] of Object.entries(columnStats)) if (isBig(min) || isBig(max)) columns.add(name);
  }
  return columns;
};
