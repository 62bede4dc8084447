import { OpsError } from '../../base/errors.js';

/** A table and the database it lies in. */
export interface TableRef {
  readonly database: string;
  readonly table: string;
}

/**
 * `DB.T`, or `T` in the database `fallback`. Throws `usage`; whether the names are valid, the service says.
 *
 * @example parseTableRef('shop.checkout') // { database: 'shop', table: 'checkout' }
 */
export const parseTableRef = (word: string, fallback = 'default'): TableRef => {
  const parts = word.split('.');
  const [first = '', second] = parts;
  if (parts.length > 2 || parts.some((part) => part === ''))
    throw new OpsError('usage', `"${word}" is not a table`, 'use TABLE or DATABASE.TABLE');
  return second === undefined ? { database: fallback, table: first } : { database: first, table: second };
};
