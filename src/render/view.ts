/** A column of a table, as data: TUI and tables share it. */
export interface Column<T> {
  /** Upper case. */
  readonly head: string;
  readonly cell: (item: T) => string;
  readonly align?: 'left' | 'right';
  /** Only in `-o wide`. */
  readonly wide?: boolean;
  /** Ids are never shortened. */
  readonly id?: boolean;
  /** The larger, the sooner the column is shortened when the terminal is narrow; default 1. */
  readonly shrink?: number;
  /** Health of the cell; colour only, the text must say it too. */
  readonly tone?: (item: T) => Tone | undefined;
}

export type Tone = 'good' | 'warn' | 'bad' | 'dim';

/** How a list is shown where a table is asked for; machine formats show the items themselves. */
export interface ListView<T> {
  /** Plural, for "No tables found.". */
  readonly noun: string;
  readonly columns: readonly Column<T>[];
  /** One id per line for `-o name`. */
  readonly name: (item: T) => string;
}

/** How one thing is shown on a terminal: a block of labelled lines. */
export interface ThingView<T> {
  readonly lines: (item: T) => readonly (readonly [label: string, value: string])[];
  readonly name?: (item: T) => string;
}
