import type { OpsEvent } from '../shared/index.js';
import type {
  ColumnStats,
  Extent,
  IngestAck,
  QueryBudget,
  ResultColumn,
  SnapshotOperation,
  StoredColumn,
  Table,
  TableSnapshot,
} from './model.js';

// ---------------------------------------------------------------------------------------------
// Catalogue

/** An extent that is published under its final name but not yet in any snapshot. */
export type NewExtent = Omit<Extent, 'createdAt' | 'deletedAt' | 'schemaVersion'>;

/** One acknowledgement to remember under its idempotency key. */
export interface RememberedAck {
  readonly key: string;
  readonly rows: number;
  /** Encoded bytes that this caller's rows take, its share of a common extent. */
  readonly bytes: number;
}

/** What one commit changes in one table; all of it or nothing becomes visible. */
export interface TableCommit {
  readonly tableId: string;
  /** The snapshot that this change was computed from; undefined for a table without one. */
  readonly expected: string | undefined;
  readonly operation: SnapshotOperation;
  /** Columns that `add` files hold; stored as a schema version of their own if it is a new set. */
  readonly writtenColumns?: readonly StoredColumn[];
  /** Columns of the table from now on; equal to the current ones unless the schema changes. */
  readonly columns: readonly StoredColumn[];
  readonly timeColumn?: string | undefined;
  readonly retentionDays?: number | null | undefined;
  readonly add: readonly NewExtent[];
  /**
   * Extents that leave the snapshot; they get `deletedAt` (soft delete). The extent that a compaction adds takes the
   * place of the first one that it removes: the order of rows never changes.
   */
  readonly remove: readonly string[];
  /** Ingest only: keys whose acknowledgement is written with the data. */
  readonly acks?: readonly RememberedAck[];
  /** Ends this intent. */
  readonly intent?: string | undefined;
  readonly events?: readonly OpsEvent[];
  readonly now: Date;
}

export type CommitOutcome =
  | { readonly committed: true; readonly snapshotId: string }
  /** Someone else committed first: read again, recompute, try again. */
  | { readonly committed: false; readonly reason: 'conflict' };

/** The books: databases, tables, snapshots, extents, idempotency keys, intents. Writes are durable when they resolve. */
export interface Catalog {
  /** Sorted by name; `default` always exists. */
  databases(): Promise<readonly { readonly id: string; readonly name: string }[]>;
  /** Sorted by name. Undefined for an unknown database. */
  tables(database: string): Promise<readonly Table[] | undefined>;
  table(database: string, name: string): Promise<Table | undefined>;
  /** Makes the database and the table where absent; `created` tells. Two callers at once: one creates. */
  createTable(wanted: {
    readonly database: string;
    readonly name: string;
    readonly columns: readonly StoredColumn[];
    readonly timeColumn?: string | undefined;
    readonly retentionDays?: number | null | undefined;
    readonly now: Date;
  }): Promise<{ readonly created: boolean; readonly table: Table }>;
  /**
   * The current snapshots of these tables, read in one transaction, with a pin on every extent until `release`
   * (or until the pin expires: its process renews it while it lives). Tables that do not exist are left out.
   * On a read-only data directory there is no pin.
   */
  pin(
    database: string,
    tables: readonly string[],
  ): Promise<{
    readonly snapshots: ReadonlyMap<string, TableSnapshot>;
    release(): Promise<void>;
  }>;
  /** Current snapshot without a pin; for books, not for reading files. */
  snapshot(tableId: string): Promise<TableSnapshot>;
  /**
   * Extents that ingests added after snapshot `after` (undefined: none, only tells the newest), soft-deleted ones
   * included since a compaction may have merged them meanwhile, pinned until `release`; in the order of their commits.
   */
  ingestedSince(
    tableId: string,
    after: string | undefined,
  ): Promise<{
    readonly snapshot: TableSnapshot;
    /** Pass it as `after` next time. */
    readonly newest: string | undefined;
    release(): Promise<void>;
  }>;
  commit(change: TableCommit): Promise<CommitOutcome>;
  /** The acknowledgement of a key that is younger than 24 h, as it was first given. */
  acknowledged(tableId: string, key: string, now: Date): Promise<IngestAck | undefined>;
  /** Announces files that are about to be renamed into place; expires unless renewed. */
  openIntent(extents: readonly Pick<NewExtent, 'id' | 'databaseId' | 'tableId'>[], now: Date): Promise<string>;
  dropIntent(intent: string): Promise<void>;
  /** Soft-deleted extents of a table with `deletedAt` strictly before; pinned ones are left out. */
  removable(tableId: string, before: Date, now: Date): Promise<readonly Extent[]>;
  /** Forgets soft-deleted extents, after their files are gone. */
  forget(extentIds: readonly string[]): Promise<void>;
  /** Of these extent ids, the ones that neither a catalogue row nor a live intent names. */
  unknownExtents(ids: readonly string[], now: Date): Promise<readonly string[]>;
  /** Deletes idempotency keys older than 25 h and expired pins and intents; how many. */
  sweepExpired(now: Date): Promise<number>;
}

// ---------------------------------------------------------------------------------------------
// Extents

/** What others may see of the books, by name, sorted. */
export interface StoredNames {
  readonly databases: readonly string[];
  readonly tables: readonly { readonly database: string; readonly name: string }[];
}

/** How the values of one key, as they stand in the NDJSON, become a column of the extent. */
export type ColumnReading =
  /** Every value already has the column's type (or is null). */
  | 'as_is'
  /** Integers into a timestamp column: epoch of stated magnitude (§1.3 rule 1). RFC 3339 stays as it is. */
  | 'epoch_or_text'
  /** Values of any kind into their text form: text bare, objects and arrays as compact JSON, the rest as written. */
  | 'text_form'
  /** No row of the batch has the key. */
  | 'absent';

export interface ColumnSource {
  readonly column: StoredColumn;
  /** The key in the rows; differs from the column's name at most in case. */
  readonly key: string;
  readonly reading: ColumnReading;
}

export interface StagedExtent {
  readonly extent: NewExtent;
}

/**
 * Immutable columnar files. `stage*` writes and fsyncs under `tmp/`; `publish` renames into place and fsyncs the
 * folder; nothing is visible to queries before the catalogue commits. A full disk is `unavailable`.
 */
export interface ExtentStore {
  /** NDJSON bodies, already validated, in this order, into one extent that holds exactly `sources`' columns. */
  stageRows(rows: {
    readonly table: Table;
    readonly bodies: readonly Uint8Array[];
    readonly sources: readonly ColumnSource[];
    readonly timeColumn: string | undefined;
    readonly presentPaths: readonly string[];
    /** Longest line, in bytes. */
    readonly longestLine: number;
    /** How many rows the bodies hold; the extent must come out with exactly these. */
    readonly rows: number;
  }): Promise<StagedExtent>;
  /** Rows of extents, in their order, cast up to `columns`. */
  stageMerge(merge: {
    readonly snapshot: TableSnapshot;
    readonly extents: readonly Extent[];
    readonly columns: readonly StoredColumn[];
  }): Promise<StagedExtent>;
  publish(staged: readonly StagedExtent[]): Promise<void>;
  /** Removes what `stage*` left behind; never fails. */
  discard(staged: readonly StagedExtent[]): Promise<void>;
  /** Removes files; a file that is gone already counts as removed. */
  remove(extents: readonly Pick<Extent, 'id' | 'databaseId' | 'tableId'>[]): Promise<void>;
  /** Ids of extent files on disk and of what killed processes left in temporary folders, older than this. */
  olderThan(before: Date): Promise<readonly { readonly id: string; remove(): Promise<void> }[]>;
}

// ---------------------------------------------------------------------------------------------
// Engine

/** A comparison that every row of the answer must satisfy, with its right side evaluated to a constant. */
export interface Comparison {
  readonly table: string;
  readonly column: string;
  readonly op: '=' | '<' | '<=' | '>' | '>=' | 'in';
  /** In the text form of `ColumnStats`, by the column's type. One value, several for `in`. */
  readonly values: readonly string[];
}

/** A statement that passed the safety rules (§2.3). */
export interface CheckedStatement {
  readonly sql: string;
  readonly kind: 'select' | 'explain' | 'describe';
  /** Tables of the database that it reads, as spelled in the catalogue. */
  readonly tables: readonly string[];
}

/** Rows on their way out. Exactly one of the ways to read may be used, once. */
export interface Execution {
  readonly columns: readonly ResultColumn[];
  /**
   * NDJSON, UTF-8, whole lines only, with the value encodings of §1.2, explicit nulls, keys in column order,
   * duplicate names suffixed `_1`, `_2`. Memory is bounded; the next chunk is made when it is asked for.
   */
  ndjson(): AsyncIterable<Uint8Array>;
  /**
   * The same bytes, written by the engine's own threads straight into a device or named pipe such as `/dev/stdout`.
   * Undefined where this statement cannot be poured with bounded memory. Resolves when the last byte is written;
   * a reader that went away is `{ closed: true }`, not an error.
   */
  readonly pour?: (device: string) => Promise<{ readonly closed: boolean }>;
  /** How many rows there were, once they have been read to their end; about as many as so far before. */
  rows(): number;
  /** Stops the engine's work; safe at any time, also twice. */
  cancel(): void;
  /** Gives the session's resources back; the caller must call it. */
  close(): Promise<void>;
}

/** What a statement may see: the tables of one database at their pinned snapshots, or a set of files. */
export interface EngineSession {
  /** Refuses everything that §2.3 refuses: `invalid_data` with reason `sql_parse_error` and the place. */
  check(sql: string): Promise<CheckedStatement>;
  /** Comparisons by which extents may be pruned; an empty list is always right. */
  comparisons(statement: CheckedStatement): Promise<readonly Comparison[]>;
  /** True where the answer over a union of rows is the union of the answers: only filters and projections. */
  isRowWise(statement: CheckedStatement): Promise<boolean>;
  /**
   * Runs it over these extents only. Errors: `invalid_data` (`sql_parse_error`, `query_execution_error`),
   * `limit_exceeded` (`wall_clock_exceeded`, `memory_exceeded`) with `details {limit, unit}`.
   */
  execute(statement: CheckedStatement, run: EngineRun): Promise<Execution>;
  /** The engine's plan as text, without paths. */
  explain(statement: CheckedStatement, run: EngineRun): Promise<string>;
  close(): Promise<void>;
}

export interface EngineRun {
  /** By table name; a table that the statement names and this map lacks reads as empty. */
  readonly tables: ReadonlyMap<string, TableSnapshot>;
  readonly budget: QueryBudget;
  /** How much of the budget's wall clock waiting and planning have used up; default 0. */
  readonly spentMs?: number;
  readonly signal: AbortSignal;
}

/** A file for one question. */
export interface FileSource {
  /** Table name in the query. */
  readonly name: string;
  /** Path, or undefined for `stream`. */
  readonly path?: string;
  readonly stream?: AsyncIterable<Uint8Array>;
  /** How errors and warnings call the stream; default `stdin`. */
  readonly title?: string;
  readonly format?: FileFormat;
}

export type FileFormat = 'ndjson' | 'csv' | 'tsv' | 'parquet' | 'logfmt' | 'text';

export interface QueryEngine {
  /**
   * A session on one database. `tables` are all its tables (they resolve, and are listed by SHOW TABLES and
   * information_schema); `now` is what `now()` answers inside the statement. Where it has to wait for others, it
   * waits no longer than the budget's wall clock and leaves when `signal` aborts.
   */
  openDatabase(scope: {
    readonly databaseId: string;
    readonly database: string;
    readonly tables: readonly Table[];
    readonly budget: QueryBudget;
    readonly now: Date;
    readonly signal?: AbortSignal;
  }): Promise<EngineSession>;
  /** A session over files; each is one table. The engine reads these files and nothing else. */
  openFiles(scope: {
    readonly files: readonly FileSource[];
    /** Named groups become columns of `text` files. */
    readonly pattern?: string;
    readonly budget: QueryBudget;
    readonly now: Date;
    readonly signal: AbortSignal;
  }): Promise<FileSession>;
}

/** A session over files. `run.tables` stays empty; a file is read when a statement that uses it is executed or explained. */
export interface FileSession extends EngineSession {
  /** Sizes of the files behind these tables (0 for a stream that has not been read), compressed ones as they lie. */
  bytes(tables: readonly string[]): number;
  /** Sentences for people about what was read, e.g. bytes that are not UTF-8; grows while files are read. */
  readonly warnings: readonly string[];
}

export type { ColumnStats };
