import type { ResultColumn } from '../core/query/index.js';
import type { ListView, ThingView } from './view.js';

export type Format = 'table' | 'wide' | 'json' | 'ndjson' | 'yaml' | 'csv' | 'tsv' | 'md' | 'name' | 'arrow';

/** Rows as an engine gives them: NDJSON bytes and the columns, which also a result of no rows has. */
export interface RowStream {
  readonly columns: readonly ResultColumn[];
  ndjson(): AsyncIterable<Uint8Array>;
  readonly pour?: (device: string) => Promise<{ readonly closed: boolean }>;
  cancel(): void;
}

/**
 * stdout. Chooses the format (§5.1 of the command-line contract), applies `--fields`, `--sort`, `--limit`, `--jq`,
 * honours back-pressure, and takes a closed pipe for "enough", not for an error.
 */
export interface Output {
  /** What was asked for, else what the stream's kind implies: undefined = the default of list, thing or rows. */
  readonly format: Format | undefined;
  readonly isTerminal: boolean;
  /** True once the reader of stdout has gone away. */
  readonly closed: boolean;
  /** One document. */
  print<T>(thing: T, view: ThingView<T>): Promise<void>;
  /** A list, or a stream of items. Returns how many items there were. */
  list<T>(items: Iterable<T> | AsyncIterable<T>, view: ListView<T>): Promise<number>;
  /** Query rows; their default on a pipe is NDJSON, on a terminal a table. Returns how many went out, undefined if poured. */
  rows(rows: RowStream): Promise<number | undefined>;
  /** Text that is the answer itself (help, completion scripts, YAML manifests). */
  text(text: string): Promise<void>;
  /** Resolves when everything written has left the process (or the reader has gone). */
  flush(): Promise<void>;
}

/** stderr. Nothing here is ever needed by a script. */
export interface Notes {
  readonly isTerminal: boolean;
  /** A sentence; `-q` removes it. */
  note(text: string): void;
  /** Stays under `-q`. */
  warn(text: string): void;
  /** Only with `-v`. */
  verbose(text: string): void;
  /** A line of progress that erases itself; on a terminal only, and only after 400 ms. */
  progress(text: string): void;
  /** Ends the line of progress. */
  progressDone(): void;
  /** The closing line of a batch, e.g. `3 available, 1 not available (2.1s)`; `-q` removes it. */
  summary(text: string): void;
  raw(text: string): void;
}
