import type { JqFault } from './fault.js';

/** To the thread: JSON texts, one a line, to run the program on. */
export interface JqInput {
  readonly jsonLines: string;
}

/** From the thread: text to print, and with the last of it how the run ended. */
export type JqAnswer =
  | { readonly kind: 'part'; readonly text: string }
  | { readonly kind: 'end'; readonly text: string; readonly fault?: JqFault }
  | { readonly kind: 'broken'; readonly message: string };

/** What the thread is started with. */
export interface JqStart {
  readonly program: string;
  /** Without the prelude, to count columns in. */
  readonly expression: string;
  /** One 32-bit number: how many parts the reader has taken. */
  readonly taken: SharedArrayBuffer;
}

/** So many parts may wait for the reader before the program does. */
export const partsAhead = 4;
