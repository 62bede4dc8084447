import type { DuckDBConnection } from '@duckdb/node-api';
import type { Extent, TableSnapshot } from '../../core/query/index.js';
import type { Pouring } from './pouring.js';
import { literal } from './quote.js';
import { hasReader, withReaderWatch } from './reader-watch.js';
import { type Slice, sliceQuery } from './views.js';

/** Rows of a group in an extent's file: what is unpacked as one. */
const groupRows = 122_880;
/** The engine holds finished batches of one COPY in memory while the reader is slower than it. */
const sliceRows = 3 * groupRows;
/** The first rows leave before a whole slice is made. */
const firstRows = 8_192;
/** Below this the rows are there before a COPY is set up. */
const worthPouring = 20_000;

/** Slices end where the file's row groups end, so that no group is unpacked twice, unless that is too far away. */
const boundary = (from: number, limit: number): number => {
  const group = Math.floor(from / groupRows);
  const groups = Math.floor(limit / groupRows);
  return groups > 0 ? (group + groups) * groupRows : Math.min(from + limit, (group + 1) * groupRows);
};

/** The rows that a slice of these extents has. */
const rowsOf = ({ extents, rows }: Slice): number =>
  rows ? rows.to - rows.from : extents.reduce((sum, { rowCount }) => sum + rowCount, 0);

/**
 * Cuts the extents into slices, one at each call, of at most so many rows: the order kept, small neighbours together,
 * big ones apart. Undefined at the end.
 */
export const slicer = (extents: readonly Extent[]): ((limit: number) => Slice | undefined) => {
  let index = 0;
  let from = 0;
  return (limit) => {
    const first = extents[index];
    if (!first) return undefined;
    if (from > 0 || first.rowCount > limit) {
      const rows = { from, to: Math.min(first.rowCount, boundary(from, limit)) };
      from = rows.to === first.rowCount ? 0 : rows.to;
      if (from === 0) index++;
      return { extents: [first], rows };
    }
    const start = index;
    let rows = 0;
    for (let next: Extent | undefined = first; next && rows + next.rowCount <= limit; next = extents[++index])
      rows += next.rowCount;
    return { extents: extents.slice(start, index) };
  };
};

const isClosedPipe = (error: unknown): boolean => {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (/broken pipe/i.test(cause.message)) return true;
  return false;
};

/** One text column that holds no control character: the writer has nothing to quote and nothing to separate. */
const format = "(FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\u0001')";

/**
 * Pours a row-by-row statement over one table, slice after slice, by way of the table's view. Undefined where it is
 * not worth it, or where a column has the name that the reader gives to row numbers.
 */
export const pouringOf = (
  connection: DuckDBConnection,
  {
    snapshot,
    view,
    pathOf,
  }: { readonly snapshot: TableSnapshot; readonly view: string; readonly pathOf: (extent: Extent) => string },
): Pouring | undefined => {
  const total = snapshot.extents.reduce((sum, { rowCount }) => sum + rowCount, 0);
  const names = [...snapshot.versions.values(), snapshot.table.columns].flat().map(({ name }) => name.toLowerCase());
  if (total < worthPouring || names.includes('file_row_number')) return undefined;
  return async ({ device, lines, work, written, turn }) => {
    const nextSlice = slicer(snapshot.extents);
    let poured = 0;
    try {
      for (;;) {
        const most = poured === 0 ? firstRows : Math.min(sliceRows, (await turn?.(poured)) ?? sliceRows);
        const slice = nextSlice(most);
        if (!slice) return { closed: false };
        await work.step(() =>
          connection.run(`CREATE OR REPLACE VIEW ${view} AS ${sliceQuery(snapshot, slice, pathOf)}`),
        );
        if (!hasReader(device)) return { closed: true };
        const copy = `COPY (${lines}) TO ${literal(device)} ${format}`;
        const { rowsChanged } = await work.step(() => withReaderWatch(device, () => connection.run(copy)));
        written(rowsChanged);
        poured += rowsOf(slice);
      }
    } catch (error) {
      if (isClosedPipe(error)) return { closed: true };
      if (work.cancelled) return { closed: false };
      throw error;
    }
  };
};
