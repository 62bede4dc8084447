export type { Loop, LoopContext } from './loop.js';
export { checkLoopNames, type LoopNames } from './loop-names.js';
export { runDue } from './run-due.js';
export type { LoopRun } from './run-loop.js';
export { type LoopReport, type RunningLoops, startLoops } from './start-loops.js';
export { loops } from './table.js';
export type { Timers } from './timers.js';
