import { type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import { identifier, literal } from './quote.js';
import { isJson } from './types.js';

/** Deeper values are written by the engine itself: exact numbers inside of them may lose their trailing zeros. */
const deepest = 12;

type Encoder = (value: string, type: DuckDBType, depth: number) => string;

const quoted = (text: string): string => `'"' || ${text} || '"'`;
const castText = (value: string): string => `CAST(${value} AS VARCHAR)`;
const asNumber: Encoder = castText;
const asString: Encoder = (value) => `to_json(${castText(value)})`;
/** NaN and the infinities are no JSON. */
const asReal: Encoder = (value) => `CASE WHEN isfinite(${value}) THEN ${castText(value)} END`;
/**
 * Day and time each on their own: a cast of the whole, and the search for the blank in it, take four times as long. The
 * cast from an instant goes through the calendar of the session's zone, which is UTC anyway, and takes longest of all.
 */
const asInstant: Encoder = (value, type) => {
  const zoneless =
    type.typeId === DuckDBTypeId.TIMESTAMP_TZ ? `make_timestamp(epoch_us(${value}))` : `CAST(${value} AS TIMESTAMP)`;
  const text = `concat('"', CAST(${zoneless} AS DATE), 'T', CAST(${zoneless} AS TIME), 'Z"')`;
  return `CASE WHEN isfinite(${value}) THEN ${text} END`;
};
/** The cast to TIMESTAMP would cut the last three digits. */
const asNanos: Encoder = (value) => `'"' || replace(${castText(value)}, ' ', 'T') || 'Z"'`;
const asBytes: Encoder = (value) => quoted(`lower(hex(${value}))`);

const members = (type: DuckDBType): { readonly valueType: DuckDBType } =>
  type as Extract<DuckDBType, { readonly valueType: DuckDBType }>;

const asList: Encoder = (value, type, depth) => {
  const item = `_${depth}`;
  const list = type.typeId === DuckDBTypeId.ARRAY ? `CAST(${value} AS ${members(type).valueType}[])` : value;
  const encoded = orNull(item, members(type).valueType, depth + 1);
  return `'[' || array_to_string(list_transform(${list}, lambda ${item}: ${encoded}), ',') || ']'`;
};

const asStruct: Encoder = (value, type, depth) => {
  const { entryNames, entryTypes } = type as Extract<DuckDBType, { readonly entryNames: readonly string[] }>;
  const named = entryNames.some((name) => name !== '');
  const parts = entryTypes.map((entryType, index) => {
    const name = entryNames[index] ?? '';
    const part = named ? `struct_extract(${value}, ${literal(name)})` : `struct_extract_at(${value}, ${index + 1})`;
    const key = named ? `${JSON.stringify(name)}:` : '';
    return `${literal((index > 0 ? ',' : '') + key)}, ${orNull(part, entryType, depth + 1)}`;
  });
  const [open, close] = named ? ['{', '}'] : ['[', ']'];
  return `CASE WHEN ${value} IS NOT NULL THEN concat('${open}', ${parts.join(', ')}, '${close}') END`;
};

const asMap: Encoder = (value, type, depth) => {
  const item = `_${depth}`;
  const { keyType, valueType } = type as Extract<DuckDBType, { readonly keyType: DuckDBType }>;
  const keyText = leafText(`${item}.key`, keyType);
  const encoded = `concat(to_json(${keyText}), ':', ${orNull(`${item}.value`, valueType, depth + 1)})`;
  return `'{' || array_to_string(list_transform(map_entries(${value}), lambda ${item}: ${encoded}), ',') || '}'`;
};

/** Line breaks can only be white space in JSON; the text stays as it is otherwise, digit for digit. */
const asJson: Encoder = (value) => `translate(${castText(value)}, chr(10) || chr(13), '  ')`;
const byEngine: Encoder = (value) => `to_json(${value})`;

const encoders: Partial<Record<DuckDBTypeId, Encoder>> = {
  [DuckDBTypeId.BOOLEAN]: asNumber,
  [DuckDBTypeId.TINYINT]: asNumber,
  [DuckDBTypeId.SMALLINT]: asNumber,
  [DuckDBTypeId.INTEGER]: asNumber,
  [DuckDBTypeId.BIGINT]: asNumber,
  [DuckDBTypeId.UTINYINT]: asNumber,
  [DuckDBTypeId.USMALLINT]: asNumber,
  [DuckDBTypeId.UINTEGER]: asNumber,
  [DuckDBTypeId.UBIGINT]: asNumber,
  [DuckDBTypeId.HUGEINT]: asNumber,
  [DuckDBTypeId.UHUGEINT]: asNumber,
  [DuckDBTypeId.BIGNUM]: asNumber,
  [DuckDBTypeId.DECIMAL]: asNumber,
  [DuckDBTypeId.FLOAT]: asReal,
  [DuckDBTypeId.DOUBLE]: asReal,
  [DuckDBTypeId.TIMESTAMP]: asInstant,
  [DuckDBTypeId.TIMESTAMP_S]: asInstant,
  [DuckDBTypeId.TIMESTAMP_MS]: asInstant,
  [DuckDBTypeId.TIMESTAMP_TZ]: asInstant,
  [DuckDBTypeId.TIMESTAMP_NS]: asNanos,
  [DuckDBTypeId.INTERVAL]: (value) => quoted(timespanText(value)),
  [DuckDBTypeId.BLOB]: asBytes,
  [DuckDBTypeId.LIST]: asList,
  [DuckDBTypeId.ARRAY]: asList,
  [DuckDBTypeId.STRUCT]: asStruct,
  [DuckDBTypeId.MAP]: asMap,
  [DuckDBTypeId.UNION]: byEngine,
  [DuckDBTypeId.VARIANT]: (value) => `CAST(CAST(${value} AS JSON) AS VARCHAR)`,
  [DuckDBTypeId.SQLNULL]: () => `'null'`,
};

/** `[-][d.]hh:mm:ss[.fffffff]`; a month counts as 30 days, as it does where the engine compares intervals. */
const timespanText = (value: string): string => `_ops_timespan(${value})`;

/** The macro behind timespans; every instance that encodes rows needs it. */
export const rowJsonSetup = [
  `CREATE MACRO main._ops_ticks(i) AS
     ((CAST(date_part('year', i) AS HUGEINT) * 12 + date_part('month', i)) * 30 + date_part('day', i)) * 86400000000
     + date_part('hour', i) * 3600000000 + date_part('minute', i) * 60000000 + date_part('microsecond', i)`,
  `CREATE MACRO main._ops_clock(t, u) AS concat(
     CASE WHEN t < 0 THEN '-' ELSE '' END,
     CASE WHEN u >= 86400000000 THEN CAST(u // 86400000000 AS VARCHAR) || '.' ELSE '' END,
     lpad(CAST(u // 3600000000 % 24 AS VARCHAR), 2, '0'), ':',
     lpad(CAST(u // 60000000 % 60 AS VARCHAR), 2, '0'), ':',
     lpad(CAST(u // 1000000 % 60 AS VARCHAR), 2, '0'),
     CASE WHEN u % 1000000 > 0 THEN '.' || rtrim(lpad(CAST(u % 1000000 AS VARCHAR), 6, '0'), '0') ELSE '' END)`,
  'CREATE MACRO main._ops_timespan(i) AS CASE WHEN i IS NOT NULL THEN _ops_clock(_ops_ticks(i), abs(_ops_ticks(i))) END',
];

/** The text of a map's key: what its JSON form says, without the quotes. */
const leafText = (value: string, type: DuckDBType): string => {
  const encoder = isJson(type) ? asString : (encoders[type.typeId] ?? asString);
  return encoder === asString ? castText(value) : `trim(${encoder(value, type, deepest)}, '"')`;
};

const jsonText: Encoder = (value, type, depth) => {
  if (isJson(type)) return asJson(value, type, depth);
  const nested = encoders[type.typeId] ?? asString;
  return (depth > deepest ? byEngine : nested)(value, type, depth);
};

const orNull: Encoder = (value, type, depth) => `coalesce(${jsonText(value, type, depth)}, 'null')`;

/** Output names, each once: a repeated one gets `_1`, `_2` … */
export const uniqueNames = (names: readonly string[]): readonly string[] => {
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let count = 1; seen.has(unique); count++) if (!taken.has(`${name}_${count}`)) unique = `${name}_${count}`;
    seen.add(unique);
    taken.add(unique);
    return unique;
  });
};

export interface RowColumn {
  /** Unique among the columns. */
  readonly name: string;
  readonly type: DuckDBType;
}

/**
 * A query of one column `line`: each row of `body` as JSON text on one line, keys in the order of `columns`, explicit
 * nulls, values encoded as `kyma` §1.2 says. The engine's own row writer would round numbers within JSON.
 */
export const lineQuery = (body: string, columns: readonly RowColumn[]): string => {
  const names = columns.map((_, index) => `c${index + 1}`);
  const parts = columns.map(({ name, type }, index) => {
    const key = literal(`${index > 0 ? ',' : '{'}${JSON.stringify(name)}:`);
    return `${key}, ${orNull(`r.${identifier(names[index] ?? '')}`, type, 0)}`;
  });
  return `SELECT concat(${parts.join(', ')}, '}') AS line FROM (${body}\n) AS r(${names.join(', ')})`;
};
