import { paint } from './colour.js';
import { displayWidth, pad, printable, shorten } from './measure.js';
import type { Tone } from './view.js';

/** A column as the layout sees it. */
export interface TableColumn {
  readonly head: string;
  readonly align?: 'left' | 'right' | undefined;
  /** Never shortened. */
  readonly id?: boolean | undefined;
  /** The larger, the sooner shortened; default 1. */
  readonly shrink?: number | undefined;
}

export interface Cell {
  readonly text: string;
  readonly tone?: Tone | undefined;
}

/** Blanks between two columns. */
const gap = 2;
/** A shortened column keeps at least so many cells while any other can still give. */
const comfortable = 8;

const naturalWidths = (
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  atLeast: readonly number[],
): number[] =>
  columns.map((column, index) => {
    let widest = Math.max(displayWidth(column.head), atLeast[index] ?? 0);
    for (const row of rows) widest = Math.max(widest, displayWidth(row[index]?.text ?? ''));
    return widest;
  });

const total = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width, 0) + gap * Math.max(0, widths.length - 1);

/** Lowers the widest of `members` together until `excess` cells are saved or all are at `least`; saves in place. */
const level = (
  widths: number[],
  members: readonly number[],
  { excess, least }: { excess: number; least: number },
): number => {
  let rest = excess;
  while (rest > 0) {
    const widest = Math.max(...members.map((index) => widths[index] ?? 0));
    if (widest <= least) break;
    const top = members.filter((index) => widths[index] === widest);
    const next = Math.max(least, ...members.map((index) => widths[index] ?? 0).filter((width) => width < widest));
    const step = Math.min(widest - next, Math.max(1, Math.floor(rest / top.length)));
    for (const index of top) {
      if (rest <= 0) break;
      widths[index] = widest - step;
      rest -= step;
    }
  }
  return rest;
};

/**
 * Width of each column: its widest cell (`atLeast` what it had before), less what the least important columns have to give so that a line fits into
 * `width`. Ids give nothing, so a line may still be too long.
 */
export const columnWidths = (
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  { width, atLeast = [] }: { readonly width: number | undefined; readonly atLeast?: readonly number[] },
): readonly number[] => {
  const widths = naturalWidths(columns, rows, atLeast);
  let excess = width === undefined ? 0 : total(widths) - width;
  if (excess <= 0) return widths;
  const ranks = [...new Set(columns.map(({ shrink = 1 }) => shrink))].sort((a, b) => b - a);
  for (const least of [comfortable, 3, 1])
    for (const rank of ranks) {
      const members = columns.flatMap((column, index) => (!column.id && (column.shrink ?? 1) === rank ? [index] : []));
      if (excess > 0 && members.length > 0) excess = level(widths, members, { excess, least });
    }
  return widths;
};

/** How lines are made once the widths are known. */
export interface TableDress {
  readonly widths: readonly number[];
  readonly colour: boolean;
  /** False lets a cell that is wider than its column push the rest of its line aside. */
  readonly cut: boolean;
}

const line = (columns: readonly TableColumn[], cells: readonly Cell[], { widths, colour, cut }: TableDress): string => {
  const texts = columns.map((column, index) => {
    const { text, tone } = cells[index] ?? { text: '' };
    const width = widths[index] ?? 0;
    const shown = cut && !column.id ? shorten(text, width) : text;
    const isLast = index === columns.length - 1 && column.align !== 'right';
    const filled = isLast ? shown : pad(shown, width, column.align);
    return paint(filled, tone, colour);
  });
  return texts.join(' '.repeat(gap)).trimEnd();
};

/** The line of column heads. */
export const headLine = (columns: readonly TableColumn[], dress: TableDress): string =>
  paint(
    line(
      columns,
      columns.map(({ head }) => ({ text: head })),
      { ...dress, colour: false },
    ),
    'head',
    dress.colour,
  );

/** One line of cells; their text has to be `printable` already. */
export const rowLine = line;

/** Label and value pairs, values aligned; a value of several lines goes on below itself. */
export const labelBlock = (pairs: readonly (readonly [label: string, value: string])[], colour: boolean): string => {
  const width = Math.max(0, ...pairs.map(([label]) => displayWidth(printable(label)) + 1));
  return pairs
    .map(([label, value]) => {
      const [first = '', ...rest] = value.split('\n').map(printable);
      const head = paint(pad(`${printable(label)}:`, width), 'head', colour);
      return [`${head}  ${first}`.trimEnd(), ...rest.map((text) => `${' '.repeat(width + 2)}${text}`.trimEnd())].join(
        '\n',
      );
    })
    .map((text) => `${text}\n`)
    .join('');
};
