import type { ColumnType, StoredColumn } from '../model.js';

/** The tables of the reserved database with all their columns; `at` is the time column of each. */
export const opsTables = {
  /** Who changed what, and who was refused. */
  audit: {
    at: 'datetime',
    actor: 'string',
    kind: 'string',
    action: 'string',
    subject: 'string',
    outcome: 'string',
    status: 'int',
    request_id: 'string',
    detail: 'dynamic',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, ColumnType>>>>;

export type OpsTable = keyof typeof opsTables;

/** A value for every column of the table, null where there is none. */
export type OpsRow<T extends OpsTable = OpsTable> = { readonly [Column in keyof (typeof opsTables)[T]]: unknown };

/** Declared, so that a table has its columns before a row carries a value of each, and none of them ever widens. */
export const opsColumns = (table: OpsTable): readonly StoredColumn[] =>
  Object.entries(opsTables[table]).map(([name, type]) => ({ name, type, declared: true }));
