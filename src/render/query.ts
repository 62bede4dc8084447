import { formatByteSize } from '../base/byte-size.js';
import { formatDuration } from '../base/duration.js';
import type {
  CatalogSchema,
  CleanupResult,
  CompactResult,
  QueryPlan,
  QueryStats,
  TableDetails,
  TableProvisioned,
} from '../core/query/index.js';
import { bar, tree } from './bars.js';
import { displayWidth, pad, printable } from './measure.js';
import type { Dress, ThingView } from './view.js';

const count = (value: number): string => value.toLocaleString('en');
const plural = (value: number, noun: string): string => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/**
 * What `--stats` says.
 *
 * @example queryStatsLine({ rows: 12, bytesScanned: 3_250_586, elapsedMs: 24 }) // '12 rows · 3.1 MiB scanned · 24ms'
 */
export const queryStatsLine = ({ rows, bytesScanned, elapsedMs }: QueryStats): string =>
  `${plural(rows, 'row')} · ${formatByteSize(bytesScanned)} scanned · ${formatDuration(elapsedMs)}`;

type Columns = TableDetails['columns'];

const columnTexts = (columns: Columns): readonly string[] => {
  const width = Math.max(0, ...columns.map(({ name }) => displayWidth(printable(name))));
  return columns.map(({ name, type }) => `${pad(printable(name), width)}  ${type}`);
};

const schemaTree = ({ databases }: CatalogSchema, { unicode }: Dress): string =>
  tree(
    databases.map(({ name, tables }) => ({
      text: tables.length === 0 ? `${name}  (no tables)` : name,
      children: tables.map((table) => ({
        text: table.name,
        children: columnTexts(table.columns).map((text) => ({ text })),
      })),
    })),
    { unicode },
  );

/** Databases, tables and columns as a tree. */
export const schemaView: ThingView<CatalogSchema> = { lines: () => [], block: schemaTree };

const columnBlock = (columns: Columns): string =>
  columns.length === 0 ? '' : `COLUMNS\n${columnTexts(columns).join('\n')}\n`;

/** One table: what it holds, then its columns. */
export const tableView: ThingView<TableDetails> = {
  name: ({ database, table }) => `${database}.${table}`,
  lines: (table) => [
    ['Table', `${table.database}.${table.table}`],
    ['Rows', count(table.row_count)],
    ['Size', `${formatByteSize(table.bytes)} in ${plural(table.extent_count, 'extent')}`],
    ['Time column', table.time_column ?? 'none'],
    ['Retention', table.retention_days === null ? 'forever' : plural(table.retention_days, 'day')],
    ['Snapshot', table.snapshot_id ?? 'none'],
  ],
  block: ({ columns }) => columnBlock(columns),
};

/** Answer to `table create`. */
export const provisionedView: ThingView<TableProvisioned> = {
  name: ({ database, table }) => `${database}.${table}`,
  lines: ({ database, table, created }) => [
    ['Table', `${database}.${table}`],
    ['Created', created ? 'yes' : 'no, it existed'],
  ],
  block: ({ columns }) => columnBlock(columns),
};

/** Answer to a cleanup. */
export const cleanupView: ThingView<CleanupResult> = {
  lines: (result) => [
    ['Extents deleted', count(result.extents_deleted)],
    ['Rows freed', count(result.rows_freed)],
    ['Size freed', formatByteSize(result.bytes_freed)],
  ],
};

/** Answer to a compaction. */
export const compactView: ThingView<CompactResult> = {
  lines: (result) => [
    ['Extents', `${count(result.extents_before)} → ${count(result.extents_after)}`],
    ['Size', `${formatByteSize(result.bytes_before)} → ${formatByteSize(result.bytes_after)}`],
    ['Rows', count(result.rows)],
    ['Snapshot', result.snapshot_id ?? 'unchanged'],
  ],
};

const barWidth = 20;

/** How many extents of each table are left to scan, and which comparisons dropped the others. */
const planTree = ({ tables, plan }: QueryPlan, dress: Dress): string => {
  const nodes = tables.map((table) => {
    const scanned = table.extents === 0 ? 0 : table.extents_scanned / table.extents;
    const left = bar(scanned, { width: barWidth, unicode: dress.unicode });
    const text = `${table.table}  ${left}  ${count(table.extents_scanned)} of ${plural(table.extents, 'extent')}, ${formatByteSize(table.bytes_to_scan)}`;
    return { text, children: table.pruned_by.map((reason) => ({ text: `pruned by ${printable(reason)}` })) };
  });
  const steps = plan.split('\n').map(printable).join('\n');
  return [tree(nodes, dress), steps].filter((part) => part !== '').join('\n');
};

/** Answer of `--explain`. */
export const planView: ThingView<QueryPlan> = {
  lines: ({ sql, bytes_to_scan }) => [
    ['SQL', sql],
    ['To scan', formatByteSize(bytes_to_scan)],
  ],
  block: planTree,
};
