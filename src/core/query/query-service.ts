import type { BatchScan } from './ingest/index.js';
import type { OpsTable } from './maintain/ops-tables.js';
import type {
  CatalogSchema,
  CleanupResult,
  CompactResult,
  IngestAck,
  QueryBudget,
  QueryPlan,
  QueryStats,
  ResultColumn,
  TableDetails,
  TableProvisioned,
  TableSpec,
} from './model.js';
import type { FileSource } from './ports.js';

export interface QueryRequest {
  readonly database: string;
  readonly sql: string;
  /**
   * A promise of the caller, by which extents may be left unread: of each table only these many rows, the newest by its
   * time column, can matter to the answer. Without a time column it promises nothing.
   */
  readonly newestRows?: number;
  readonly budget?: Partial<QueryBudget>;
  readonly signal?: AbortSignal;
}

export interface FollowRequest extends QueryRequest {
  /**
   * Answers for the rows of now in the place of `sql`, over the same snapshot, so that nothing is missed or shown
   * twice; may sort and limit. For `logs tail`. `newestRows` speaks of this statement, not of `sql`.
   */
  readonly first?: string;
}

/** Rows on their way out; see `Execution` for the encodings. Read one way, once, then `close`. */
export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  ndjson(): AsyncIterable<Uint8Array>;
  readonly pour?: (device: string) => Promise<{ readonly closed: boolean }>;
  /** Sentences for people about what was read, for stderr; there from the start. */
  readonly warnings?: readonly string[];
  /** Final once the rows have been read. */
  stats(): QueryStats;
  cancel(): void;
  close(): Promise<void>;
}

export interface IngestRequest {
  readonly database: string;
  readonly table: string;
  /** NDJSON, at most 64 MiB; validated as a whole before anything is stored. */
  readonly body: Uint8Array;
  /** What the caller already found out about this very body; else the service scans it. */
  readonly scan?: BatchScan;
  readonly idempotencyKey?: string;
  /** Default true: make database and table at the first write. */
  readonly autoCreate?: boolean;
  /** Default true: add unknown keys as columns and widen types. */
  readonly evolve?: boolean;
  /** Number of the body's first line in what the user gave, for errors; default 1. */
  readonly firstLine?: number;
}

/** The query area's use cases. Faces call only this; remote mode implements it over the documented routes. */
export interface QueryService {
  /** `not_found` with reason `database_not_found` | `database_empty`, before the text is parsed. */
  query(request: QueryRequest): Promise<QueryResult>;
  explain(request: QueryRequest): Promise<QueryPlan>;
  /**
   * The rows of now, then those of each later ingest, until `signal` aborts. A statement that groups, sorts, joins or
   * limits is `usage`.
   */
  follow(request: FollowRequest): AsyncIterable<QueryResult>;
  /** Atomic and durable when it resolves; see `kyma` §1.4. */
  ingest(request: IngestRequest): Promise<IngestAck>;
  schema(): Promise<CatalogSchema>;
  provision(database: string, table: string, spec?: TableSpec): Promise<TableProvisioned>;
  /** `not_found` with reason `table_not_found`. */
  describe(database: string, table: string): Promise<TableDetails>;
  /** Removes extents soft-deleted strictly before; pinned ones stay until next time. */
  cleanup(database: string, table: string, before: Date): Promise<CleanupResult>;
  /** Merges small extents until none is worth merging. */
  compact(database: string, table: string): Promise<CompactResult>;
  close(): Promise<void>;
}

/** Background work of the area; the loops of `src/loops` call it. An aborted signal ends a pass between two tables. */
export interface QueryMaintenance {
  /** One pass over all tables; how many extents were merged. */
  compactDue(signal?: AbortSignal): Promise<number>;
  /** Soft-deletes whole extents older than their table's retention; how many. */
  retainDue(signal?: AbortSignal): Promise<number>;
  /** Removes orphans and long soft-deleted files; how many. */
  sweep(signal?: AbortSignal): Promise<number>;
  /**
   * Adds rows (NDJSON, at most 64 MiB) to a table of the reserved database, which nobody else may write to. Durable when
   * it resolves; a `key` that was used for this table within a day adds nothing (`replayed`).
   */
  record(table: OpsTable, batch: { readonly rows: Uint8Array; readonly key: string }): Promise<IngestAck>;
}

export interface FileQueryRequest {
  readonly files: readonly FileSource[];
  readonly sql: string;
  /** Named groups become columns of text files. */
  readonly pattern?: string;
  readonly budget?: Partial<QueryBudget>;
  readonly signal?: AbortSignal;
}

/** Questions to files, without any store. */
export interface FileQueries {
  query(request: FileQueryRequest): Promise<QueryResult>;
  explain(request: FileQueryRequest): Promise<QueryPlan>;
}
