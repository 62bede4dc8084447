import type { StoredColumn } from '../model.js';
import { foldKey } from './key-table.js';

/** Names that make a column the table's time column, the strongest first; case does not count. */
export const timeColumnNames: readonly string[] = ['_timestamp', 'timestamp', 'at'];

/** The column by whose time extents are pruned: `current` while it is a datetime, else the first that may be it. */
export const timeColumnOf = (columns: readonly StoredColumn[], current: string | undefined): string | undefined => {
  const datetimes = new Map(columns.filter(({ type }) => type === 'datetime').map(({ name }) => [foldKey(name), name]));
  const names = current === undefined ? timeColumnNames : [foldKey(current), ...timeColumnNames];
  return names.map((name) => datetimes.get(name)).find((name) => name !== undefined);
};
