import type { Table } from './model.js';

/** A table exists for others from its first commit on, or once it was provisioned. */
export const isVisible = (table: Table): boolean => table.currentSnapshot !== undefined || table.columns.length > 0;
