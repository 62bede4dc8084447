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

/** What a free-form block may use; the facts stay the same without it. */
export interface Dress {
  readonly colour: boolean;
  /** False = ASCII only. */
  readonly unicode: boolean;
  /** Terminal cells of a line; undefined where nothing limits it. */
  readonly width: number | undefined;
}

/** How a list is shown where a table is asked for; machine formats show the items themselves. */
export interface ListView<T> {
  /** Plural, for "No tables found.". */
  readonly noun: string;
  readonly columns: readonly Column<T>[];
  /** One id per line for `-o name`. */
  readonly name: (item: T) => string;
  /** Names of the items' fields, where items of a stream may lack some of them; default: those of the items seen. */
  readonly fields?: readonly string[];
  /** The items keep coming (`--watch`, events): each is shown at once, `--jq` gets each alone, JSON is refused. */
  readonly live?: boolean;
  /** Reading the items is the work itself (checks): all are read, also beyond `--limit` and when the reader has gone. */
  readonly verdict?: boolean;
}

/** How one thing is shown on a terminal: a block of labelled lines. */
export interface ThingView<T> {
  readonly lines: (item: T) => readonly (readonly [label: string, value: string])[];
  readonly name?: (item: T) => string;
  /** Free-form text after the lines: a tree, a plan. Data in it has to be made `printable`. */
  readonly block?: (item: T, dress: Dress) => string;
}
