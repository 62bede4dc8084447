import type { ResultColumn } from '../core/query/index.js';
import type { ListView, ThingView } from './view.js';

/** The values of `-o`. */
export const formats = ['table', 'wide', 'json', 'ndjson', 'yaml', 'csv', 'tsv', 'md', 'name'] as const;

export type Format = (typeof formats)[number];

/** Rows as an engine gives them: NDJSON bytes and the columns, which also a result of no rows has. */
export interface RowStream {
  readonly columns: readonly ResultColumn[];
  ndjson(): AsyncIterable<Uint8Array>;
  readonly pour?: (device: string) => Promise<{ readonly closed: boolean }>;
  cancel(): void;
}

/** What a list of query rows may ask of the output. */
export interface RowsOptions {
  /**
   * One of several results that belong together (`--follow`): one head, one count for `--limit`, nothing is held back.
   * JSON and YAML cannot say that: `usage`.
   */
  readonly live?: boolean;
  /** Read all rows and count them, also when the reader has gone or `--limit` is reached: the verdict hangs on it. */
  readonly countAll?: boolean;
}

/** A compiled jq program. */
export interface JqProgram {
  /**
   * Runs it on each of the JSON texts, one a line. What to print comes while it runs: strings raw, other values compact,
   * a line each. Where an input fails, what came of the inputs before it is given first, then the OpsError thrown.
   * Whoever stops reading ends the run.
   */
  run(jsonLines: string): AsyncIterable<string>;
}

/**
 * stdout. Chooses the format (§5.1 of the command-line contract), applies `--fields`, `--sort`, `--limit`, `--jq`,
 * honours back-pressure, and takes a closed pipe for "enough", not for an error.
 */
export interface Output {
  /** What was asked for, else what the stream's kind implies: undefined = the default of list, thing or rows. */
  readonly format: Format | undefined;
  readonly isTerminal: boolean;
  /** `--limit`: no more than so many items or rows go out; 0 = all, undefined = as the command sees fit. */
  readonly limit: number | undefined;
  /** True once nothing more will be shown: the reader of stdout has gone away, or a live stream has reached `--limit`. */
  readonly closed: boolean;
  /** One document. */
  print<T>(thing: T, view: ThingView<T>): Promise<void>;
  /** A list, or a stream of items. Returns how many items there were. */
  list<T>(items: Iterable<T> | AsyncIterable<T>, view: ListView<T>): Promise<number>;
  /**
   * Query rows; their default on a pipe is NDJSON, on a terminal a table. Returns how many went out (with `countAll`, how
   * many there were), undefined if poured.
   */
  rows(rows: RowStream, options?: RowsOptions): Promise<number | undefined>;
  /** Text that is the answer itself (help, completion scripts, YAML manifests). */
  text(text: string): Promise<void>;
  /** The same stream in another format (undefined = the default); everything else stays. For the shell's `.mode`. */
  as(format: Format | undefined): Output;
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
  /**
   * A line of progress that erases itself; on a terminal only, and only after 400 ms. Its words before the first digit
   * or colon name the phase: `--progress plain` prints them once.
   */
  progress(text: string): void;
  /** Ends the line of progress. */
  progressDone(): void;
  /** The closing line of a batch, e.g. `3 available, 1 not available (2.1s)`; `-q` removes it. */
  summary(text: string): void;
  /** Text as it is, without a newline of its own: prompts, requests. */
  raw(text: string): void;
}
