import type { Clock } from '../../base/clock.js';
import type { DataDirectory } from '../../core/shared/index.js';
import type { Store } from '../sqlite/index.js';
import { backup } from './backup.js';
import { restore } from './restore.js';
import { usage } from './usage.js';
import { type CheckExtent, verify } from './verify.js';

export type { CheckExtent };

export interface DataDirectoryOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Deeper than size and Parquet's marks, where an engine is at hand. */
  readonly checkExtent?: CheckExtent | undefined;
}

/** The data directory as one thing. */
export const dataDirectory = ({ store, clock, checkExtent }: DataDirectoryOptions): DataDirectory => ({
  path: store.dataDir,
  backup: (file, signal) => backup(store, { file, now: clock.now(), signal }),
  restore: (file, signal) => restore(store.dataDir, { file, signal }),
  verify: (signal) => verify(store, { now: clock.now(), signal, checkExtent }),
  usage: () => usage(store),
});
