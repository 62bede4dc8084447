import type { Extent, TableSnapshot } from '../model.js';
import { instantNanos } from './prune.js';

interface Span {
  readonly extent: Extent;
  /** Nanoseconds since 1970. */
  readonly min: bigint;
  readonly max: bigint;
  /** Rows that have a time. */
  readonly timed: number;
}

/** The times of an extent; undefined where the books do not tell, so that any row may be in it. */
const spanOf = ({ table, versions }: TableSnapshot, extent: Extent): Span | undefined => {
  const today = table.columns.find(({ name }) => name === table.timeColumn);
  const written = versions.get(extent.schemaVersion)?.find(({ name }) => name === table.timeColumn);
  const stats = extent.columnStats[table.timeColumn ?? ''];
  if (today?.type !== 'datetime' || written?.type !== 'datetime' || stats?.min === undefined || stats.max === undefined)
    return undefined;
  const min = instantNanos(stats.min);
  const max = instantNanos(stats.max);
  if (min === undefined || max === undefined) return undefined;
  // Without a count of the rows that have no time, none is known to have one.
  return { extent, min, max, timed: stats.nullCount === undefined ? 0 : extent.rowCount - stats.nullCount };
};

/**
 * The extents that can hold one of the newest `rows` rows by the time column; rows without a time count as the oldest.
 * Extents keep their order.
 */
export const pruneOlder = (snapshot: TableSnapshot, rows: number): TableSnapshot => {
  const spans = snapshot.extents.flatMap((extent) => spanOf(snapshot, extent) ?? []);
  const latestFirst = [...spans].sort((a, b) => (a.min === b.min ? 0 : a.min > b.min ? -1 : 1));
  let counted = 0;
  // From this time on there are as many rows as are wanted.
  const since = latestFirst.find(({ timed }) => {
    counted += timed;
    return counted >= rows;
  })?.min;
  if (since === undefined) return snapshot;
  const older = new Set(spans.filter(({ max }) => max < since).map(({ extent }) => extent));
  return { ...snapshot, extents: snapshot.extents.filter((extent) => !older.has(extent)) };
};
