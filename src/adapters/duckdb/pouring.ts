import type { Work } from './work.js';

/** Writes all rows of `lineQuery` to a device in the engine's threads; the work's steps carry its budget. */
export type Pouring = (pour: {
  readonly device: string;
  readonly lines: string;
  readonly work: Work;
  readonly written: (rows: number) => void;
  /** Asked before each slice but the first, with the stored rows poured so far: how many the next one may have. */
  readonly turn?: (poured: number) => Promise<number>;
}) => Promise<{ readonly closed: boolean }>;
