import type { ColumnType, Extent, StoredColumn, TableSnapshot } from '../model.js';
import type { Comparison } from '../ports.js';

type Ordered = bigint | number | string;

const fractionDigits = 9;

/**
 * Nanoseconds since 1970 of an RFC 3339 text, exact (Date would round to milliseconds).
 * Undefined for texts that are no such instant.
 */
export const instantNanos = (text: string): bigint | undefined => {
  const parts = /^(.{19})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/.exec(text);
  if (!parts) return undefined;
  const ms = Date.parse(`${parts[1]}${parts[3]}`);
  if (Number.isNaN(ms)) return undefined;
  const fraction = (parts[2] ?? '').slice(0, fractionDigits).padEnd(fractionDigits, '0');
  return BigInt(ms) * 1_000_000n + BigInt(fraction);
};

const utf8 = new TextEncoder();

/** Text whose order is that of its UTF-8 bytes, which is the engine's; JavaScript compares UTF-16 units. */
const byteOrder = (text: string): string => {
  let key = '';
  for (const byte of utf8.encode(text)) key += String.fromCharCode(byte);
  return key;
};

const ordered = (type: ColumnType, text: string): Ordered | undefined => {
  switch (type) {
    case 'int':
    case 'long':
      return /^-?\d+$/.test(text) ? BigInt(text) : Number(text);
    case 'real': {
      const value = Number(text);
      return Number.isNaN(value) ? undefined : value;
    }
    case 'datetime':
      return instantNanos(text);
    case 'bool':
    case 'string':
      return byteOrder(text);
    case 'dynamic':
      return undefined;
  }
};

const canHold = (op: Comparison['op'], value: Ordered, { min, max }: { min: Ordered; max: Ordered }): boolean => {
  switch (op) {
    case '=':
    case 'in':
      return min <= value && value <= max;
    case '<':
      return min < value;
    case '<=':
      return min <= value;
    case '>':
      return max > value;
    case '>=':
      return max >= value;
  }
};

/**
 * False only where no row of the extent can satisfy the comparison. `written` are the columns that its file holds,
 * `type` is the column's type today: statistics in another type's text form prove nothing.
 */
const mayMatch = (
  extent: Extent,
  comparison: Comparison,
  { written, type }: { written: readonly StoredColumn[]; type: ColumnType },
): boolean => {
  const column = written.find(({ name }) => name === comparison.column);
  if (!column) return false; // every value is null, and null satisfies no comparison
  const stats = extent.columnStats[comparison.column];
  if (!stats) return true;
  if (stats.nullCount === extent.rowCount) return false;
  if (column.type !== type || stats.min === undefined || stats.max === undefined) return true;
  const min = ordered(type, stats.min);
  const max = ordered(type, stats.max);
  if (min === undefined || max === undefined) return true;
  return comparison.values.some((text) => {
    const value = ordered(type, text);
    return value === undefined || canHold(comparison.op, value, { min, max });
  });
};

export interface Pruned {
  readonly snapshot: TableSnapshot;
  /** The comparisons that removed at least one extent, for `--explain`. */
  readonly by: readonly string[];
}

/** The extents that may hold a row of the answer. Never leaves one out that does (`kyma` §1.1). */
export const prune = (snapshot: TableSnapshot, comparisons: readonly Comparison[]): Pruned => {
  const by = new Set<string>();
  const extents = snapshot.extents.filter((extent) => {
    const written = snapshot.versions.get(extent.schemaVersion);
    if (!written) return true;
    const excluding = comparisons.find((comparison) => {
      const today = snapshot.table.columns.find(({ name }) => name === comparison.column);
      return today !== undefined && !mayMatch(extent, comparison, { written, type: today.type });
    });
    if (excluding) by.add(`${excluding.column} ${excluding.op} ${excluding.values.join(', ')}`);
    return excluding === undefined;
  });
  return { snapshot: { ...snapshot, extents }, by: [...by] };
};
