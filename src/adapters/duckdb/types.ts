import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import type { ColumnType, ResultColumn } from '../../core/query/index.js';

const byColumn = {
  bool: 'BOOLEAN',
  int: 'INTEGER',
  long: 'BIGINT',
  real: 'DOUBLE',
  datetime: 'TIMESTAMPTZ',
  string: 'VARCHAR',
  dynamic: 'JSON',
} satisfies Record<ColumnType, string>;

/** The engine's name of a column type; instants need the session's TimeZone to be UTC. */
export const duckdbType = (type: ColumnType): string => byColumn[type];

type ResultType = ResultColumn['type'];

/** What is not listed reaches the client as text. */
const byEngine: Partial<Record<DuckDBTypeId, ResultType>> = {
  [DuckDBTypeId.BOOLEAN]: 'bool',
  [DuckDBTypeId.TINYINT]: 'int',
  [DuckDBTypeId.SMALLINT]: 'int',
  [DuckDBTypeId.INTEGER]: 'int',
  [DuckDBTypeId.UTINYINT]: 'int',
  [DuckDBTypeId.USMALLINT]: 'int',
  [DuckDBTypeId.UINTEGER]: 'long',
  [DuckDBTypeId.BIGINT]: 'long',
  [DuckDBTypeId.UBIGINT]: 'decimal',
  [DuckDBTypeId.HUGEINT]: 'decimal',
  [DuckDBTypeId.UHUGEINT]: 'decimal',
  [DuckDBTypeId.BIGNUM]: 'decimal',
  [DuckDBTypeId.DECIMAL]: 'decimal',
  [DuckDBTypeId.FLOAT]: 'real',
  [DuckDBTypeId.DOUBLE]: 'real',
  [DuckDBTypeId.TIMESTAMP]: 'datetime',
  [DuckDBTypeId.TIMESTAMP_S]: 'datetime',
  [DuckDBTypeId.TIMESTAMP_MS]: 'datetime',
  [DuckDBTypeId.TIMESTAMP_NS]: 'datetime',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'datetime',
  [DuckDBTypeId.INTERVAL]: 'timespan',
  [DuckDBTypeId.UUID]: 'guid',
  [DuckDBTypeId.BLOB]: 'binary',
  [DuckDBTypeId.LIST]: 'dynamic',
  [DuckDBTypeId.STRUCT]: 'dynamic',
  [DuckDBTypeId.MAP]: 'dynamic',
  [DuckDBTypeId.UNION]: 'dynamic',
  [DuckDBTypeId.VARIANT]: 'dynamic',
};

/** True for the engine's JSON type, which is text with a name of its own. */
export const isJson = (type: DuckDBType): boolean => type.typeId === DuckDBTypeId.VARCHAR && type.alias === 'JSON';

const resultType = (type: DuckDBType): ResultType => {
  if (isJson(type)) return 'dynamic';
  if (type.typeId !== DuckDBTypeId.ARRAY) return byEngine[type.typeId] ?? 'string';
  const { valueType } = type as Extract<DuckDBType, { readonly valueType: DuckDBType }>;
  return valueType.typeId === DuckDBTypeId.FLOAT ? 'vector' : 'dynamic';
};

/** A column of a result, by the engine's type. */
export const resultColumn = (name: string, type: DuckDBType): ResultColumn => ({
  name,
  type: resultType(type),
  engineType: isJson(type) ? 'JSON' : type.toString(),
});
