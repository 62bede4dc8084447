import type { ColumnType, StoredColumn } from '../model.js';
import type { ColumnReading, ColumnSource } from '../ports.js';
import { foldKey } from './key-table.js';
import { misfitBits, misfitText } from './misfit.js';
import { type BatchScan, type KeyScan, kind } from './scan-types.js';
import { timeColumnNames, timeColumnOf } from './time-column.js';
import { inferType, widenType } from './widen.js';

/** A table has at most this many columns. */
export const maxColumns = 1_000;

export interface BatchToPlan {
  /** The table's columns; undefined or empty where the batch makes the table. */
  readonly existing: readonly StoredColumn[] | undefined;
  /** Of a body that needs no rewrite (any more). */
  readonly scan: BatchScan;
  /** False: unknown keys are dropped and types do not widen. A table that does not exist yet is inferred all the same. */
  readonly evolve: boolean;
  /** The table's time column so far. */
  readonly timeColumn: string | undefined;
  /** Existing columns whose extents hold integers beyond ±2^53; by name. Default: none. */
  readonly bigIntColumns?: ReadonlySet<string> | undefined;
}

/** What storing the batch means for the table. */
export interface BatchPlan {
  readonly ok: true;
  /** The table's columns afterwards. */
  readonly columns: readonly StoredColumn[];
  /** One for each of `columns`, in their order. */
  readonly sources: readonly ColumnSource[];
  readonly timeColumn: string | undefined;
  /** Columns of which some row has a value, in table order. */
  readonly presentPaths: readonly string[];
}

/** A value that does not fit, or a column too many; nothing of the batch may be stored. */
export interface PlanRefusal {
  readonly ok: false;
  /** Line of the body that shows it, from 1. */
  readonly line: number;
  /** Name of the column. */
  readonly column: string;
  /** Its type, which the value does not fit; undefined where the column itself is one too many. */
  readonly type?: ColumnType;
  readonly message: string;
}

// Kinds that were never seen are holes in `firstLine`: reduce passes them over.
const firstLineOf = ({ firstLine }: KeyScan, bits: number): number =>
  firstLine.reduce<number>(
    (first, line, bit) => (bits & (1 << bit) && line !== undefined ? Math.min(first, line) : first),
    Number.POSITIVE_INFINITY,
  );

const misfit = (column: StoredColumn, key: KeyScan, facts: { readonly holdsBigInts: boolean }): PlanRefusal => {
  const bits = misfitBits(column.type, key.kinds, facts);
  const [bit = kind.null] = [...bits].sort((a, b) => firstLineOf(key, a) - firstLineOf(key, b));
  const why = column.declared ? 'its type is declared' : 'types may not widen';
  return {
    ok: false,
    line: firstLineOf(key, bit),
    column: column.name,
    type: column.type,
    message: `column "${column.name}" is ${column.type} and ${why}: ${misfitText(column.type, bit)}`,
  };
};

const widenExisting = (column: StoredColumn, key: KeyScan, batch: BatchToPlan): StoredColumn | PlanRefusal => {
  const facts = { holdsBigInts: batch.bigIntColumns?.has(column.name) ?? false };
  const type = widenType(column.type, key.kinds, facts);
  if (type === column.type) return column;
  return column.declared || !batch.evolve ? misfit(column, key, facts) : { ...column, type };
};

const readingOf = (type: ColumnType, kinds: number): ColumnReading => {
  if (type === 'string' && kinds & ~(kind.null | kind.text | kind.timestamp)) return 'text_form';
  return type === 'datetime' && kinds & kind.int ? 'epoch_or_text' : 'as_is';
};

const sourceOf = (column: StoredColumn, key: KeyScan | undefined): ColumnSource =>
  key === undefined || (key.kinds & ~kind.null) === 0
    ? { column, key: key?.key ?? column.name, reading: 'absent' }
    : { column, key: key.key, reading: readingOf(column.type, key.kinds) };

// Integers, alone or beside RFC 3339, are epochs in the column that becomes the table's time column.
const newTimeColumn = (batch: BatchToPlan, byFold: ReadonlyMap<string, KeyScan>): string | undefined => {
  if (batch.timeColumn !== undefined) return undefined;
  const taken = new Map(batch.existing?.map((column) => [foldKey(column.name), column.type]));
  const instants = kind.int | kind.timestamp;
  for (const name of timeColumnNames) {
    if (taken.get(name) === 'datetime') return undefined;
    const kinds = (taken.has(name) ? 0 : byFold.get(name)?.kinds) ?? 0;
    const beyond = kinds & ~(kind.null | instants | kind.bigInt | kind.beyond32);
    if (beyond === 0 && kinds & instants) return name;
  }
  return undefined;
};

const tooMany = (key: KeyScan): PlanRefusal => ({
  ok: false,
  line: firstLineOf(key, ~kind.null),
  column: key.key,
  message: `column "${key.key}" would be one more than the ${maxColumns.toLocaleString('en-US')} that a table may have`,
});

/**
 * What a scanned batch does to a table's columns, and how each column is read from the rows: inference, widening and
 * the time column (`kyma` §1.3). Pure: the same table and batch give the same plan.
 */
export const planBatch = (batch: BatchToPlan): BatchPlan | PlanRefusal => {
  const byFold = new Map(batch.scan.keys.map((key) => [foldKey(key.key), key]));
  const columns: StoredColumn[] = [];
  for (const column of batch.existing ?? []) {
    const key = byFold.get(foldKey(column.name));
    const after = key === undefined ? column : widenExisting(column, key, batch);
    if ('ok' in after) return after;
    columns.push(after);
  }
  const known = new Set(columns.map(({ name }) => foldKey(name)));
  const isNew = columns.length === 0;
  const epochs = newTimeColumn(batch, byFold);
  for (const [fold, key] of byFold) {
    const type = fold === epochs ? 'datetime' : inferType(key.kinds);
    if (known.has(fold) || type === undefined || !(batch.evolve || isNew)) continue;
    if (columns.length >= maxColumns) return tooMany(key);
    columns.push({ name: key.key, type, declared: false });
  }
  const sources = columns.map((column) => sourceOf(column, byFold.get(foldKey(column.name))));
  const presentPaths = sources.filter(({ reading }) => reading !== 'absent').map(({ column }) => column.name);
  return { ok: true, columns, sources, timeColumn: timeColumnOf(columns, batch.timeColumn), presentPaths };
};
