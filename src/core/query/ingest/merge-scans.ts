import { foldKey } from './key-table.js';
import type { BatchScan, KeyScan } from './scan-types.js';

/** True where both spell every common key alike, so that one reader can read both bodies. */
export const readAlike = (a: BatchScan, b: BatchScan): boolean => {
  const spelled = new Map(a.keys.map(({ key }) => [foldKey(key), key]));
  return b.keys.every(({ key }) => (spelled.get(foldKey(key)) ?? key) === key);
};

const mergeKey = (a: KeyScan, b: KeyScan, linesBefore: number): KeyScan => ({
  key: a.key,
  kinds: a.kinds | b.kinds,
  firstLine: Array.from({ length: Math.max(a.firstLine.length, b.firstLine.length) }, (_, bit) => {
    const later = b.firstLine[bit];
    return a.firstLine[bit] ?? (later === undefined ? undefined : later + linesBefore);
  }),
});

/** What is true of two bodies one after the other. Only for bodies that read alike. */
export const mergeScans = (a: BatchScan, b: BatchScan): BatchScan => {
  const keys = new Map(a.keys.map((key) => [key.key, key]));
  for (const key of b.keys) {
    const known = keys.get(key.key);
    keys.set(
      key.key,
      known ? mergeKey(known, key, a.lines) : mergeKey({ key: key.key, kinds: 0, firstLine: [] }, key, a.lines),
    );
  }
  return {
    rows: a.rows + b.rows,
    lines: a.lines + b.lines,
    keys: [...keys.values()],
    longestLine: Math.max(a.longestLine, b.longestLine),
    needsRewrite: false,
    start: 0,
  };
};
