import { z } from 'zod';

/** Names of databases and tables, `kyma` §1.1: they never become file paths. */
export const ObjectName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,127}$/, 'must match [A-Za-z_][A-Za-z0-9_-]{0,127}');

/** What a column holds; the names that clients of the catalogue see. Timestamps are instants in µs, UTC. */
export const ColumnType = z.enum(['bool', 'int', 'long', 'real', 'datetime', 'string', 'dynamic']);
export type ColumnType = z.infer<typeof ColumnType>;

export const Column = z.object({
  name: z.string(),
  type: ColumnType,
  /** Columns are never required: a row that lacks one reads null. */
  nullable: z.boolean().default(true),
});
export type Column = z.infer<typeof Column>;

/** A column as the catalogue keeps it: a declared type never widens by itself. */
export interface StoredColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly declared: boolean;
}

/**
 * Smallest and largest value of a column within an extent, both inclusive, and never narrower than the truth.
 * Text form by type: long/int decimal digits, real as JSON number, datetime RFC 3339 in UTC, bool `true|false`,
 * string as it is. Absent where unknown (or where every value is null): then nothing may be pruned by it.
 */
export interface ColumnStats {
  readonly min?: string;
  readonly max?: string;
  readonly nullCount?: number;
}

export interface Extent {
  readonly id: string;
  readonly tableId: string;
  readonly databaseId: string;
  /** The schema version whose columns, all of them, the file holds. */
  readonly schemaVersion: number;
  readonly byteSize: number;
  readonly rowCount: number;
  /** Of the time column; RFC 3339, UTC. */
  readonly minTimestamp?: string;
  readonly maxTimestamp?: string;
  readonly columnStats: Readonly<Record<string, ColumnStats>>;
  /** Top-level keys that the rows really carry. */
  readonly presentPaths: readonly string[];
  /** How often its rows have been merged: 0 straight from ingest. */
  readonly compactionGen: number;
  readonly createdAt: string;
  readonly deletedAt?: string;
}

export type SnapshotOperation = 'ingest' | 'compaction' | 'retention' | 'schema_change';

export interface Snapshot {
  /** Time-ordered UUID (version 7). */
  readonly id: string;
  readonly parent?: string;
  readonly operation: SnapshotOperation;
  readonly rowsAdded: number;
  readonly rowsRemoved: number;
  readonly bytesAdded: number;
  readonly bytesRemoved: number;
  readonly createdAt: string;
}

export interface Table {
  readonly id: string;
  readonly databaseId: string;
  readonly database: string;
  readonly name: string;
  readonly columns: readonly StoredColumn[];
  readonly schemaVersion: number;
  readonly timeColumn?: string;
  readonly retentionDays?: number;
  readonly currentSnapshot?: string;
}

/** One table at one snapshot: what a query pins at its start. Extents in the order of their commits. */
export interface TableSnapshot {
  readonly table: Table;
  readonly extents: readonly Extent[];
  /** Columns of every schema version that `extents` name. */
  readonly versions: ReadonlyMap<number, readonly StoredColumn[]>;
}

/** Answer to an ingest; body of `POST /v1/ingest`. `bytes_written` are encoded bytes. */
export const IngestAck = z.object({
  snapshot_id: z.string(),
  extent_count: z.number().int(),
  rows_ingested: z.number().int(),
  bytes_written: z.number().int(),
  replayed: z.boolean(),
});
export type IngestAck = z.infer<typeof IngestAck>;

/** Answer to a provisioning call; body of `POST /v1/admin/databases/{db}/tables/{t}`. */
export const TableProvisioned = z.object({
  database: z.string(),
  table: z.string(),
  created: z.boolean(),
  columns: z.array(Column),
});
export type TableProvisioned = z.infer<typeof TableProvisioned>;

/** Body of `GET /v1/admin/databases/{db}/tables/{t}`. */
export const TableDetails = z.object({
  database: z.string(),
  table: z.string(),
  columns: z.array(Column),
  row_count: z.number().int(),
  extent_count: z.number().int(),
  bytes: z.number().int(),
  snapshot_id: z.string().nullable(),
  retention_days: z.number().int().nullable(),
  time_column: z.string().nullable(),
});
export type TableDetails = z.infer<typeof TableDetails>;

/** Body of `GET /v1/catalog/schema`; sorted by name, columns in table order. */
export const CatalogSchema = z.object({
  databases: z.array(
    z.object({
      name: z.string(),
      tables: z.array(z.object({ name: z.string(), columns: z.array(Column) })),
    }),
  ),
});
export type CatalogSchema = z.infer<typeof CatalogSchema>;

/** Answer of the hard-delete cleanup. */
export const CleanupResult = z.object({
  extents_deleted: z.number().int(),
  rows_freed: z.number().int(),
  bytes_freed: z.number().int(),
});
export type CleanupResult = z.infer<typeof CleanupResult>;

/** Answer of a compaction. */
export const CompactResult = z.object({
  extents_before: z.number().int(),
  extents_after: z.number().int(),
  rows: z.number().int(),
  bytes_before: z.number().int(),
  bytes_after: z.number().int(),
  /** Null where nothing was merged. */
  snapshot_id: z.string().nullable(),
});
export type CompactResult = z.infer<typeof CompactResult>;

/** Body of a provisioning call. Without columns the table gets the documented four. */
export const TableSpec = z.strictObject({
  columns: z.array(z.strictObject({ name: z.string().min(1), type: ColumnType })).optional(),
  retention_days: z.number().int().positive().max(36_500).nullable().optional(),
  time_column: z.string().optional(),
});
export type TableSpec = z.infer<typeof TableSpec>;

/** Limits of one query. A bound that is absent has its default, `kyma` §2.2. */
export const QueryBudget = z.object({
  wallClockMs: z.number().int().min(10).default(300_000),
  memoryBytes: z
    .number()
    .int()
    .min(1 << 20)
    .default(4 * 2 ** 30),
  /** True where the caller set the memory bound himself: then nothing spills to disk. */
  memoryIsBound: z.boolean().default(false),
  scanBytes: z
    .number()
    .int()
    .nonnegative()
    .default(10 * 2 ** 30),
});
export type QueryBudget = z.infer<typeof QueryBudget>;

/** What `--stats` and the response headers tell. */
export interface QueryStats {
  readonly rows: number;
  readonly bytesScanned: number;
  readonly elapsedMs: number;
}

/** Answer of `--explain`: no file path in it. */
export const QueryPlan = z.object({
  sql: z.string(),
  tables: z.array(
    z.object({
      table: z.string(),
      extents: z.number().int(),
      extents_scanned: z.number().int(),
      bytes_to_scan: z.number().int(),
      pruned_by: z.array(z.string()),
    }),
  ),
  bytes_to_scan: z.number().int(),
  plan: z.string(),
});
export type QueryPlan = z.infer<typeof QueryPlan>;

/** One column of a result; `engineType` is the engine's own name of the type. */
export interface ResultColumn {
  readonly name: string;
  readonly type: ColumnType | 'decimal' | 'guid' | 'timespan' | 'binary' | 'vector';
  readonly engineType: string;
}
