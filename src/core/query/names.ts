import { OpsError } from '../../base/errors.js';
import { ObjectName } from './model.js';

/** The database that `ops` writes about itself; nobody else writes to it. */
export const reservedDatabase = 'ops';

const badName = (what: string, name: string): OpsError =>
  new OpsError(
    'invalid_data',
    `${what} name ${JSON.stringify(name)} is not valid`,
    'use letters, digits, _ and -, begin with a letter or _, at most 128 characters',
    { reason: 'bad_request' },
  );

/** Throws `invalid_data` (`bad_request`) for a name that no database can have. */
export const checkDatabaseName = (name: string): void => {
  if (!ObjectName.safeParse(name).success) throw badName('database', name);
};

/** Throws `invalid_data` (`bad_request`) for a name that no table can have. */
export const checkTableName = (name: string): void => {
  if (!ObjectName.safeParse(name).success) throw badName('table', name);
};

/** For everything that writes: valid names, and `forbidden` for the reserved database. */
export const checkWritable = (database: string, table: string): void => {
  checkDatabaseName(database);
  checkTableName(table);
  if (database !== reservedDatabase) return;
  throw new OpsError(
    'forbidden',
    `database "${reservedDatabase}" is reserved: ops writes it itself`,
    'choose another database; see those that exist with `ops logs schema`',
    { reason: 'forbidden' },
  );
};

export const databaseNotFound = (database: string): OpsError =>
  new OpsError('not_found', `database "${database}" not found`, 'see the databases that exist with `ops logs schema`', {
    reason: 'database_not_found',
  });

export const databaseEmpty = (database: string): OpsError =>
  new OpsError(
    'not_found',
    `database "${database}" has no tables`,
    `store rows first: ops ingest TABLE FILE${database === 'default' ? '' : ` --db ${database}`}`,
    { reason: 'database_empty' },
  );

export const tableNotFound = (database: string, table: string): OpsError =>
  new OpsError(
    'not_found',
    `table "${database}.${table}" not found`,
    'see the tables that exist with `ops logs schema`',
    { reason: 'table_not_found' },
  );
