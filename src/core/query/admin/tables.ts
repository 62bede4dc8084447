import type { Clock } from '../../../base/clock.js';
import { OpsError } from '../../../base/errors.js';
import { visibleTable } from '../maintain/maintain.js';
import type {
  CatalogSchema,
  Column,
  StoredColumn,
  Table,
  TableDetails,
  TableProvisioned,
  TableSpec,
} from '../model.js';
import { checkDatabaseName, checkTableName, checkWritable, reservedDatabase } from '../names.js';
import type { Catalog } from '../ports.js';
import { isVisible } from '../visible.js';

const commitTries = 20;

/** The columns of a table that is provisioned without naming any (`kyma` §1.3). */
const defaultColumns: readonly StoredColumn[] = [
  { name: 'at', type: 'datetime', declared: true },
  { name: 'label', type: 'string', declared: true },
  { name: 'body', type: 'string', declared: true },
  { name: 'props', type: 'dynamic', declared: true },
];

const timeColumnNames = ['_timestamp', 'timestamp', 'at'];

const shown = (columns: readonly StoredColumn[]): Column[] =>
  columns.map(({ name, type }) => ({ name, type, nullable: true }));

const refused = (message: string, hint: string): OpsError =>
  new OpsError('invalid_data', message, hint, { reason: 'bad_request' });

const declared = (spec: TableSpec): readonly StoredColumn[] => {
  const columns = (spec.columns ?? []).map(({ name, type }) => ({ name, type, declared: true }));
  const folded = columns.map(({ name }) => name.toLowerCase());
  const twice = folded.find((name, index) => folded.indexOf(name) !== index);
  if (twice !== undefined)
    throw refused(`column "${twice}" is named twice`, 'names that differ only in case are one column');
  return columns;
};

/** The time column asked for, else the first conventional name of type datetime. */
const timeColumnOf = (spec: TableSpec, columns: readonly StoredColumn[]): string | undefined => {
  const wanted = spec.time_column;
  if (wanted === undefined) {
    const has = (name: string) => columns.some((column) => column.name === name && column.type === 'datetime');
    return timeColumnNames.find(has);
  }
  const column = columns.find(({ name }) => name === wanted);
  if (column?.type === 'datetime') return wanted;
  throw refused(`time column "${wanted}" is not a datetime column of the table`, 'name a column of type datetime');
};

/** Existing columns with the missing ones added; a conflicting type is refused. */
const withColumns = (table: Table, wanted: readonly StoredColumn[]): readonly StoredColumn[] => {
  const columns = [...table.columns];
  for (const column of wanted) {
    const known = columns.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
    if (!known) columns.push(column);
    else if (known.type !== column.type) {
      throw refused(
        `column "${known.name}" of "${table.database}.${table.name}" is ${known.type}, not ${column.type}`,
        'a type never changes by provisioning; choose another name for the column',
      );
    }
  }
  return columns;
};

export const tableAdministration = ({ catalog, clock }: { readonly catalog: Catalog; readonly clock: Clock }) => {
  const alter = async (table: Table, spec: TableSpec): Promise<Table> => {
    const wanted = table.columns.length === 0 && !spec.columns ? defaultColumns : declared(spec);
    for (let attempt = 0; attempt < commitTries; attempt++) {
      const { table: current } = await catalog.snapshot(table.id);
      const columns = withColumns(current, wanted);
      const timeColumn = spec.time_column ?? current.timeColumn;
      const outcome = await catalog.commit({
        tableId: table.id,
        expected: current.currentSnapshot,
        operation: 'schema_change',
        columns,
        timeColumn: timeColumnOf(timeColumn === undefined ? {} : { time_column: timeColumn }, columns),
        retentionDays: spec.retention_days,
        add: [],
        remove: [],
        now: clock.now(),
      });
      if (outcome.committed) return (await catalog.snapshot(table.id)).table;
    }
    throw new OpsError('conflict', `"${table.database}.${table.name}" is being changed by others`, 'try again');
  };

  const create = async (database: string, name: string, spec: TableSpec) => {
    const columns = spec.columns ? declared(spec) : defaultColumns;
    return catalog.createTable({
      database,
      name,
      columns,
      timeColumn: timeColumnOf(spec, columns),
      retentionDays: spec.retention_days,
      now: clock.now(),
    });
  };

  /** Would this call change anything? */
  const changes = (table: Table, spec: TableSpec): boolean =>
    withColumns(table, declared(spec)).length > table.columns.length ||
    (spec.retention_days !== undefined && (spec.retention_days ?? undefined) !== table.retentionDays) ||
    (spec.time_column !== undefined && spec.time_column !== table.timeColumn);

  return {
    /** Idempotent: the same call again changes nothing. Adds missing columns; a conflicting type is `bad_request`. */
    provision: async (database: string, name: string, spec: TableSpec = {}): Promise<TableProvisioned> => {
      checkWritable(database, name);
      const known = await catalog.table(database, name);
      const made = known ? { created: !isVisible(known), table: known } : await create(database, name, spec);
      const untouched = made.created && !known;
      const altered = !untouched && (!isVisible(made.table) || changes(made.table, spec));
      const table = altered ? await alter(made.table, spec) : made.table;
      return { database, table: name, created: made.created, columns: shown(table.columns) };
    },

    describe: async (database: string, name: string): Promise<TableDetails> => {
      checkDatabaseName(database);
      checkTableName(name);
      const { id } = await visibleTable(catalog, database, name);
      const { table, extents } = await catalog.snapshot(id);
      return {
        database,
        table: name,
        columns: shown(table.columns),
        row_count: extents.reduce((sum, { rowCount }) => sum + rowCount, 0),
        extent_count: extents.length,
        bytes: extents.reduce((sum, { byteSize }) => sum + byteSize, 0),
        snapshot_id: table.currentSnapshot ?? null,
        retention_days: table.retentionDays ?? null,
        time_column: table.timeColumn ?? null,
      };
    },

    schema: async (): Promise<CatalogSchema> => {
      const databases: CatalogSchema['databases'] = [];
      for (const { name } of await catalog.databases()) {
        const tables = ((await catalog.tables(name)) ?? []).filter(isVisible);
        if (name === reservedDatabase && tables.length === 0) continue;
        databases.push({ name, tables: tables.map((table) => ({ name: table.name, columns: shown(table.columns) })) });
      }
      return { databases };
    },
  };
};
