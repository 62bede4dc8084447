import { paint } from './colour.js';
import { printable, shorten } from './measure.js';
import { type Cell, columnWidths, headLine, rowLine, type TableColumn, type TableDress } from './table.js';

export interface TableFlowOptions {
  readonly columns: readonly TableColumn[];
  /** Plural noun for the footer. */
  readonly noun: string;
  readonly colour: boolean;
  readonly header: boolean;
  /** Cells of a line; columns are shortened to fit. Undefined: nothing is shortened. */
  readonly width: number | undefined;
  /** True = show the first and the last hundred of more than 200 rows. */
  readonly elide: boolean;
}

export type Row = readonly Cell[] | (() => readonly Cell[]);

/** A table that is made while its rows arrive; text comes out as soon as its place is known. */
export interface TableFlow {
  /** Cells that are made on demand are not made for rows that are never shown. */
  add(cells: Row): string;
  /** Everything held back so far, laid out. For live streams, after each batch. */
  settle(): string;
  /** The rest, with the footer. */
  end(): string;
}

/** So many rows decide the widths of a table that is too long to hold. */
const sampleRows = 1_000;
const edgeRows = 100;

/**
 * Holds at most 200 rows where the middle may be left out, else the first 1,000: their widths hold for the later rows,
 * which push a line aside (or are shortened, on a terminal) where they are wider.
 */
export const tableFlow = (options: TableFlowOptions): TableFlow => {
  const { columns, colour, width, elide } = options;
  let dress: TableDress | undefined;
  let held: (readonly Cell[])[] = [];
  let tail: Row[] = [];
  let count = 0;

  /** No column is wider than the terminal, so no cell needs to be kept longer. */
  const kept = (row: Row): readonly Cell[] =>
    (typeof row === 'function' ? row() : row).map((cell, index) => {
      const text = printable(cell.text);
      const limit = columns[index]?.id ? undefined : width;
      return { ...cell, text: limit === undefined ? text : shorten(text, limit) };
    });

  const lines = (rows: readonly (readonly Cell[])[], current: TableDress): string =>
    rows.map((row) => `${rowLine(columns, row, current)}\n`).join('');

  /** Fixes the widths with the first rows, and widens them where later ones need it and there is room. */
  const measured = (rows: readonly (readonly Cell[])[]): string => {
    const isFirst = dress === undefined;
    dress = {
      widths: columnWidths(columns, rows, { width, atLeast: dress?.widths ?? [] }),
      colour,
      cut: width !== undefined,
    };
    return isFirst && options.header ? `${headLine(columns, dress)}\n` : '';
  };

  const settle = (): string => {
    if (held.length === 0) return '';
    const rows = held;
    held = [];
    const head = measured(rows);
    return dress ? head + lines(rows, dress) : '';
  };

  const elided = (): string => {
    const last = tail.slice(-edgeRows).map(kept);
    const head = measured([...held, ...last]);
    if (!dress) return '';
    const hidden = count - held.length - last.length;
    const mark = paint('…', 'dim', colour);
    const footer = `${count.toLocaleString('en')} ${options.noun}, ${hidden.toLocaleString('en')} not shown: add \`--limit 0\` for all`;
    return `${head}${lines(held, dress)}${mark}\n${lines(last, dress)}${paint(footer, 'dim', colour)}\n`;
  };

  return {
    add(cells) {
      if (columns.length === 0) return ''; // Not a blank line for each row.
      count++;
      if (elide) {
        if (held.length < edgeRows) held.push(kept(cells));
        else {
          tail.push(typeof cells === 'function' ? cells : kept(cells));
          if (tail.length > 2 * edgeRows) tail = tail.slice(-edgeRows);
        }
        return '';
      }
      const row = kept(cells);
      if (dress && held.length === 0 && count > sampleRows) return lines([row], dress);
      held.push(row);
      return held.length >= sampleRows ? settle() : '';
    },
    settle,
    end() {
      if (!elide || count <= 2 * edgeRows) {
        held.push(...tail.map(kept));
        tail = [];
        return settle();
      }
      return elided();
    },
  };
};
