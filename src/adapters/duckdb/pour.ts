import type { DuckDBConnection } from '@duckdb/node-api';
import type { Extent, TableSnapshot } from '../../core/query/index.js';
import type { Pouring } from './execution.js';
import { literal } from './quote.js';
import { hasReader, withReaderWatch } from './reader-watch.js';
import { type Slice, sliceQuery } from './views.js';

/** The engine holds finished batches of one COPY in memory while the reader is slower than it. Two row groups. */
const sliceRows = 368_640;
/** The first rows leave before a whole slice is made. */
const firstRows = 8_192;
/** Below this the rows are there before a COPY is set up. */
const worthPouring = 20_000;

/** Slices end where the file's row groups end: no group is unpacked twice. */
const nextBoundary = (row: number): number => (Math.floor(row / sliceRows) + 1) * sliceRows;

/** Cuts the extents into slices: the order kept, small neighbours together, big ones apart. */
export const slicesOf = (extents: readonly Extent[]): readonly Slice[] => {
  const slices: Slice[] = [];
  let together: Extent[] = [];
  let rows = 0;
  const flush = (): void => {
    if (together.length > 0) slices.push({ extents: together });
    together = [];
    rows = 0;
  };
  for (const extent of extents) {
    const limit = slices.length === 0 && rows === 0 ? firstRows : sliceRows;
    if (extent.rowCount > limit) {
      flush();
      for (let from = 0; from < extent.rowCount; ) {
        const to = Math.min(extent.rowCount, slices.length === 0 ? firstRows : nextBoundary(from));
        slices.push({ extents: [extent], rows: { from, to } });
        from = to;
      }
      continue;
    }
    if (rows + extent.rowCount > sliceRows) flush();
    together.push(extent);
    rows += extent.rowCount;
  }
  flush();
  return slices;
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
  return async ({ device, lines, work, written }) => {
    try {
      for (const slice of slicesOf(snapshot.extents)) {
        await work.step(() =>
          connection.run(`CREATE OR REPLACE VIEW ${view} AS ${sliceQuery(snapshot, slice, pathOf)}`),
        );
        if (!hasReader(device)) return { closed: true };
        const copy = `COPY (${lines}) TO ${literal(device)} ${format}`;
        const { rowsChanged } = await work.step(() => withReaderWatch(device, () => connection.run(copy)));
        written(rowsChanged);
      }
      return { closed: false };
    } catch (error) {
      if (isClosedPipe(error)) return { closed: true };
      if (work.cancelled) return { closed: false };
      throw error;
    }
  };
};
