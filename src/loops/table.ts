import type { Loop } from './loop.js';
import { projection } from './project.js';
import { pruning } from './prune.js';
import { compaction, retention, sweep } from './query.js';

/** Every loop there is. Adding one is a line here. */
export const loops: readonly Loop[] = [projection, pruning, compaction, retention, sweep];
