import { OpsError } from '../../base/errors.js';
import { checkWritable } from '../../core/query/index.js';

/** A table and the database it lies in. */
export interface TableRef {
  readonly database: string;
  readonly table: string;
}

/**
 * `DB.T`, or `T` in the database that `--db` names, else in `default`. Throws `usage`, also where word and flag name two
 * databases; whether the names are valid, the service says.
 *
 * @example parseTableRef('shop.checkout') // { database: 'shop', table: 'checkout' }
 */
export const parseTableRef = (word: string, db?: string): TableRef => {
  const parts = word.split('.');
  const [first = '', second] = parts;
  if (parts.length > 2 || parts.some((part) => part === ''))
    throw new OpsError('usage', `"${word}" is not a table`, 'use TABLE or DATABASE.TABLE');
  if (second === undefined) return { database: db ?? 'default', table: first };
  if (db !== undefined && db !== first)
    throw new OpsError(
      'usage',
      `"${word}" is in database "${first}", and --db says "${db}"`,
      `leave one of them out: ${word}, or ${second} --db ${db}`,
    );
  return { database: first, table: second };
};

/**
 * As `parseTableRef`, for a command that changes the table: `forbidden` for the reserved database and `invalid_data` for
 * a name that cannot be, before anything is asked about the table.
 */
export const parseWritableTableRef = (word: string, db?: string): TableRef => {
  const ref = parseTableRef(word, db);
  checkWritable(ref.database, ref.table);
  return ref;
};
