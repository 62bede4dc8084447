import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnStats, StoredColumn } from '../../../core/query/index.js';
import { literal } from '../quote.js';

/** What the engine tells about a Parquet file that it has just written. */
export interface WrittenFile {
  readonly rowCount: number;
  readonly byteSize: number;
  readonly columnStats: Readonly<Record<string, ColumnStats>>;
}

/** Statistics longer than this would bloat the catalogue; the engine cuts its own well before. */
const longestBound = 1_024;

const unquoted = (name: string): string =>
  name.startsWith('"') && name.endsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;

/** The engine's text form of a bound as the catalogue keeps it; undefined where it proves nothing. */
const bound = (column: StoredColumn, text: string | undefined): string | undefined => {
  if (text === undefined || text.length > longestBound) return undefined;
  switch (column.type) {
    case 'datetime': {
      const parts = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d+)?)\+00(?::00)?$/.exec(text);
      return parts ? `${parts[1]}T${parts[2]}Z` : undefined;
    }
    case 'bool':
      return text === '1' || text === 'true' ? 'true' : 'false';
    case 'dynamic':
      return undefined;
    default:
      return text;
  }
};

interface Entry {
  readonly key: string;
  readonly value: string;
}

const statsOf = (column: StoredColumn, entries: readonly Entry[]): ColumnStats => {
  const facts = new Map(entries.map(({ key, value }) => [key, value]));
  const min = bound(column, facts.get('min'));
  const max = bound(column, facts.get('max'));
  // NaN sorts above every number for the engine, but not in the statistics: then they bound nothing.
  const bounded = min !== undefined && max !== undefined && facts.get('has_nan') !== 'true';
  const nulls = facts.get('null_count');
  return { ...(bounded && { min, max }), ...(nulls !== undefined && { nullCount: Number(nulls) }) };
};

// Measured on log rows: level 1 is faster by a fifth than the default and not larger; a dictionary that would not fit a
// page is not worth being tried, as for messages that are all different. Small row groups keep both cores busy in a
// query over few extents, let the first rows leave early, and prune better.
const format = [
  'FORMAT parquet',
  'COMPRESSION zstd',
  'COMPRESSION_LEVEL 1',
  'ROW_GROUP_SIZE 61440',
  'DICTIONARY_SIZE_LIMIT 5000',
  'STRING_DICTIONARY_PAGE_SIZE_LIMIT 65536',
  'RETURN_STATS',
].join(', ');

/** Runs `query` into a zstd Parquet file, in the engine's own threads. */
export const writeParquet = async (
  connection: DuckDBConnection,
  query: string,
  { path, columns }: { readonly path: string; readonly columns: readonly StoredColumn[] },
): Promise<WrittenFile> => {
  const reader = await connection.runAndReadAll(`COPY (${query}) TO ${literal(path)} (${format})`);
  const [row] = reader.getRowObjectsJson();
  const columnStats: Record<string, ColumnStats> = {};
  const listed = (row?.column_statistics ?? []) as unknown as readonly { key: string; value: readonly Entry[] }[];
  for (const { key, value } of listed) {
    const column = columns.find(({ name }) => name === unquoted(key));
    if (column) columnStats[column.name] = statsOf(column, value);
  }
  return { rowCount: Number(row?.count ?? 0), byteSize: Number(row?.file_size_bytes ?? 0), columnStats };
};
