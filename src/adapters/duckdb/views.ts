import type { ColumnType, Extent, StoredColumn, TableSnapshot } from '../../core/query/index.js';
import { identifier, literals } from './quote.js';
import { duckdbType } from './types.js';

/** RFC 3339 in UTC of an instant (or of a zone-less timestamp, taken as UTC): the fraction trimmed, absent when zero. */
export const rfc3339Text = (instant: string): string =>
  `replace(CAST(CAST(${instant} AS TIMESTAMP) AS VARCHAR), ' ', 'T') || 'Z'`;

const numbers: readonly ColumnType[] = ['int', 'long', 'real'];

const asText = (value: string, from: ColumnType): string => {
  if (from === 'datetime') return rfc3339Text(value);
  if (from === 'dynamic') return `coalesce(json_extract_string(${value}, '$'), CAST(${value} AS VARCHAR))`;
  return `CAST(${value} AS VARCHAR)`;
};

/** A value of an older type as the column's type of today (`kyma` §1.3 rule 3): nothing is lost on the way up. */
export const widened = (
  value: string,
  { from, to }: { readonly from: ColumnType; readonly to: ColumnType },
): string => {
  if (from === to) return value;
  if (to === 'string') return asText(value, from);
  if (to === 'dynamic') return `to_json(${from === 'datetime' ? rfc3339Text(value) : value})`;
  const cast = numbers.indexOf(from) < numbers.indexOf(to) && numbers.includes(from) ? 'CAST' : 'TRY_CAST';
  return `${cast}(${value} AS ${duckdbType(to)})`;
};

interface Run {
  readonly version: number;
  readonly extents: Extent[];
}

/** Neighbours that were written with the same columns: one reader for them all, the order of the commits kept. */
const runsOf = (extents: readonly Extent[]): readonly Run[] => {
  const runs: Run[] = [];
  for (const extent of extents) {
    const last = runs.at(-1);
    if (last?.version === extent.schemaVersion) last.extents.push(extent);
    else runs.push({ version: extent.schemaVersion, extents: [extent] });
  }
  return runs;
};

const columnOf = (column: StoredColumn, written: readonly StoredColumn[]): string => {
  const name = identifier(column.name);
  const held = written.find((candidate) => candidate.name === column.name);
  if (!held) return `CAST(NULL AS ${duckdbType(column.type)}) AS ${name}`;
  if (held.type === column.type) return name;
  return `${widened(name, { from: held.type, to: column.type })} AS ${name}`;
};

/** A relation of these columns without rows. A table without columns gets one that is always null. */
export const emptyQuery = (columns: readonly StoredColumn[]): string => {
  const list = columns.map(({ name, type }) => `CAST(NULL AS ${duckdbType(type)}) AS ${identifier(name)}`);
  return `SELECT ${list.length === 0 ? 'NULL AS "_"' : list.join(', ')} WHERE false`;
};

/** Options of every reader of extents: a folder named `a=b` is no partition. */
const readerOptions = 'hive_partitioning = false, union_by_name = false';

/** Which rows: those of `extents`, or of the only one of them the rows `from` (inclusive) to `to` (exclusive). */
export interface Slice {
  readonly extents: readonly Extent[];
  readonly rows?: { readonly from: number; readonly to: number };
}

/**
 * The rows of a slice with the table's columns of today, in the order of the commits: older types cast up, missing
 * columns null.
 */
export const sliceQuery = (snapshot: TableSnapshot, slice: Slice, pathOf: (extent: Extent) => string): string => {
  const { columns } = snapshot.table;
  if (slice.extents.length === 0 || columns.length === 0) return emptyQuery(columns);
  const [option, filter] = slice.rows
    ? [
        ', file_row_number = true',
        ` WHERE file_row_number >= ${slice.rows.from} AND file_row_number < ${slice.rows.to}`,
      ]
    : ['', ''];
  const parts = runsOf(slice.extents).map(({ version, extents }) => {
    const written = snapshot.versions.get(version) ?? columns;
    const list = columns.map((column) => columnOf(column, written)).join(', ');
    return `SELECT ${list} FROM read_parquet(${literals(extents.map(pathOf))}, ${readerOptions}${option})${filter}`;
  });
  return parts.join('\nUNION ALL\n');
};

/** All rows of the snapshot; see `sliceQuery`. */
export const snapshotQuery = (snapshot: TableSnapshot, pathOf: (extent: Extent) => string): string =>
  sliceQuery(snapshot, { extents: snapshot.extents }, pathOf);
