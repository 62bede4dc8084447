import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnType } from '../../core/query/index.js';
import { isNode, listOf, type TreeNode, textOf } from './guard/tree.js';
import { literal } from './quote.js';
import { giveDigits } from './rewrite.js';

/** Give the same value whenever they are called within one statement, and read nothing. */
const steady = new Set(
  `+ - * / // now today current_date get_current_timestamp transaction_timestamp current_localtimestamp ago date_trunc
   datetrunc date_bin time_bucket to_years to_months to_weeks to_days to_hours to_minutes to_seconds to_milliseconds
   to_microseconds trunc make_date make_timestamp make_timestamptz to_timestamp to_timestamp_seconds
   to_timestamp_millis to_timestamp_micros to_timestamp_nanos from_unixtime epoch_ms lower upper concat ||`.split(
    /\s+/,
  ),
);
const steadyWords = new Set(['current_timestamp', 'current_date', 'localtimestamp']);

/** True for an expression that the engine can evaluate without any row. `columns` (lower case) hide words of SQL. */
export const isConstant = (value: unknown, columns: ReadonlySet<string>): boolean => {
  if (!isNode(value)) return false;
  if (value.class === 'CONSTANT') return true;
  if (value.class === 'CAST') return isConstant(value.child, columns);
  if (value.class === 'COLUMN_REF') {
    const [word, ...rest] = listOf(value.column_names).map((name) => textOf(name).toLowerCase());
    return word !== undefined && rest.length === 0 && steadyWords.has(word) && !columns.has(word);
  }
  return (
    value.class === 'FUNCTION' &&
    steady.has(textOf(value.function_name).toLowerCase()) &&
    value.filter === undefined &&
    listOf(value.children).every((child) => isConstant(child, columns))
  );
};

const integers = new Set(
  'TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT'.split(' '),
);
const instants = new Set(['TIMESTAMP WITH TIME ZONE', 'TIMESTAMP', 'DATE']);

/** Whether the engine compares a column of this type with a constant of that type without touching the column. */
const comparable = (column: ColumnType, engine: string, isLiteral: boolean): boolean => {
  switch (column) {
    case 'int':
    case 'long':
      return integers.has(engine);
    case 'real':
      return integers.has(engine) || engine === 'DOUBLE' || engine.startsWith('DECIMAL(');
    case 'datetime':
      return instants.has(engine) || (engine === 'VARCHAR' && isLiteral);
    case 'string':
      return engine === 'VARCHAR';
    case 'bool':
      return engine === 'BOOLEAN';
    case 'dynamic':
      return false;
  }
};

const textForm = (value: string, type: ColumnType): string => {
  if (type === 'datetime')
    return `CASE WHEN isfinite(TRY_CAST(${value} AS TIMESTAMPTZ)) THEN replace(CAST(CAST(TRY_CAST(${value} AS TIMESTAMPTZ) AS TIMESTAMP) AS VARCHAR), ' ', 'T') || 'Z' END`;
  if (type === 'real')
    return `CASE WHEN isfinite(TRY_CAST(${value} AS DOUBLE)) THEN CAST(TRY_CAST(${value} AS DOUBLE) AS VARCHAR) END`;
  return `CAST(${value} AS VARCHAR)`;
};

export interface Constant {
  readonly expression: TreeNode;
  /** Of the column that it is compared with. */
  readonly type: ColumnType;
}

/**
 * Each constant in the text form of its column's type (that of `ColumnStats`); undefined for null, and for whatever
 * cannot be compared exactly. Rejects where the engine cannot evaluate one of them.
 */
export const constantTexts = async (
  connection: DuckDBConnection,
  constants: readonly Constant[],
): Promise<readonly (string | undefined)[]> => {
  if (constants.length === 0) return [];
  const node = {
    type: 'SELECT_NODE',
    cte_map: {},
    select_list: constants.map(({ expression }) => expression),
    from_table: { type: 'EMPTY' },
    aggregate_handling: 'STANDARD_HANDLING',
  };
  const tree = giveDigits(JSON.stringify({ error: false, statements: [{ node }] }));
  const text = await connection.runAndReadAll(`SELECT json_deserialize_sql(CAST(${literal(tree)} AS JSON))`);
  const select = textOf(text.getRows()[0]?.[0]);
  const names = constants.map((_, index) => `c${index}`);
  const values = constants.flatMap(({ type }, index) => [`typeof(c${index})`, textForm(`c${index}`, type)]);
  const reader = await connection.runAndReadAll(
    `SELECT ${values.join(', ')} FROM (${select}) AS r(${names.join(', ')})`,
  );
  const row = reader.getRows()[0] ?? [];
  return constants.map(({ type, expression }, index) => {
    const value = row[index * 2 + 1];
    const fits = comparable(type, textOf(row[index * 2]), expression.class === 'CONSTANT');
    return fits && typeof value === 'string' ? value : undefined;
  });
};
