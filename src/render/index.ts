export type { Format, Notes, Output, RowStream } from './output.js';
export type { Column, ListView, ThingView, Tone } from './view.js';
