import type { FunctionMacro } from './function-macro.js';

/** Seconds, or a text or timestamp as it stands; `unit` turns a number into microseconds. */
const instantOf = (microseconds: string): string =>
  `CASE WHEN typeof(x) IN ('VARCHAR', 'DATE', 'TIME') OR typeof(x) LIKE 'TIMESTAMP%' THEN CAST(CAST(x AS VARCHAR) AS TIMESTAMPTZ)
        ELSE make_timestamptz(CAST(${microseconds} AS BIGINT)) END`;

const bytesOf = (value: string): string =>
  `CASE WHEN typeof(${value}) = 'BLOB' THEN TRY_CAST(${value} AS BLOB) ELSE system.main.encode(CAST(${value} AS VARCHAR)) END`;

const vectors = (distance: string): string =>
  `(a, b) AS CASE WHEN len(CAST(a AS DOUBLE[])) = len(CAST(b AS DOUBLE[])) THEN ${distance}(CAST(a AS DOUBLE[]), CAST(b AS DOUBLE[])) END`;

const unknownEncoding = `error('encoding must be ''hex'' or ''base64''')`;

/** Time. Numbers are epochs; results are instants in UTC. */
const time: readonly FunctionMacro[] = [
  {
    name: 'date_bin',
    sql: [
      '(step, ts) AS time_bucket(CAST(step AS INTERVAL), ts, make_timestamp(0))',
      '(step, ts, origin) AS time_bucket(CAST(step AS INTERVAL), ts, CAST(origin AS TIMESTAMP))',
    ],
    note: 'Start of the bin of width `step` that holds `ts`; bins begin at 1970-01-01 or at `origin`.',
  },
  {
    name: 'to_timestamp',
    sql: [
      `(x) AS ${instantOf('TRY_CAST(x AS DECIMAL(38, 6)) * 1000000')}`,
      '(x, form) AS CAST(strptime(x, form) AS TIMESTAMPTZ)',
    ],
    note: 'Instant of epoch seconds, of RFC 3339 text, or of text in a `strptime` format.',
  },
  {
    name: 'to_timestamp_seconds',
    sql: [`(x) AS ${instantOf('TRY_CAST(x AS BIGINT) * 1000000')}`],
    note: 'Instant of whole epoch seconds or of text.',
  },
  {
    name: 'to_timestamp_millis',
    sql: [`(x) AS ${instantOf('TRY_CAST(x AS BIGINT) * 1000')}`],
    note: 'Instant of epoch milliseconds or of text.',
  },
  {
    name: 'to_timestamp_micros',
    sql: [`(x) AS ${instantOf('TRY_CAST(x AS BIGINT)')}`],
    note: 'Instant of epoch microseconds or of text.',
  },
  {
    name: 'to_timestamp_nanos',
    sql: [`(x) AS ${instantOf('TRY_CAST(x AS BIGINT) // 1000')}`],
    note: 'Instant of epoch nanoseconds or of text, cut to microseconds.',
  },
  {
    name: 'from_unixtime',
    sql: ['(x) AS make_timestamptz(CAST(x AS BIGINT) * 1000000)'],
    note: 'Instant of epoch seconds.',
  },
  {
    name: 'to_unixtime',
    sql: ['(x) AS CAST(floor(epoch(CAST(x AS TIMESTAMPTZ))) AS BIGINT)'],
    note: 'Epoch seconds of an instant or of text.',
  },
  { name: 'to_char', sql: ['(x, form) AS strftime(x, form)'], note: 'Text of a time in a `strftime` format.' },
  { name: 'date_format', sql: ['(x, form) AS strftime(x, form)'], note: 'As `to_char`.' },
  { name: 'to_date', sql: ['(x) AS CAST(x AS DATE)'], note: 'Date of a text or an instant.' },
];

const text: readonly FunctionMacro[] = [
  {
    name: 'initcap',
    sql: [
      `(s) AS array_to_string(list_transform(regexp_extract_all(lower(s), '[\\pL\\pN]+|[^\\pL\\pN]+'), lambda w: upper(left(w, 1)) || substring(w, 2)), '')`,
    ],
    note: 'First letter of each word in upper case, the rest in lower case.',
  },
  {
    name: 'btrim',
    sql: ['(s) AS trim(s)', '(s, characters) AS trim(s, characters)'],
    note: 'Without blanks (or these characters) at both ends.',
  },
  {
    name: 'lpad',
    sql: [`(s, n) AS system.main.lpad(s, n, ' ')`, '(s, n, fill) AS system.main.lpad(s, n, fill)'],
    note: 'Filled on the left to `n` characters, with blanks by default.',
  },
  {
    name: 'rpad',
    sql: [`(s, n) AS system.main.rpad(s, n, ' ')`, '(s, n, fill) AS system.main.rpad(s, n, fill)'],
    note: 'Filled on the right to `n` characters, with blanks by default.',
  },
  {
    name: 'overlay',
    sql: [
      '(s, part, start) AS concat(left(s, start - 1), part, substring(s, start + length(part)))',
      '(s, part, start, n) AS concat(left(s, start - 1), part, substring(s, start + n))',
    ],
    note: 'Replaces characters from `start` on by `part`.',
  },
  {
    name: 'octet_length',
    sql: [
      `(x) AS CASE WHEN typeof(x) = 'BLOB' THEN system.main.octet_length(TRY_CAST(x AS BLOB)) ELSE strlen(CAST(x AS VARCHAR)) END`,
    ],
    note: 'Bytes of a text (UTF-8) or of a binary value.',
  },
  {
    name: 'encode',
    sql: [
      '(x) AS system.main.encode(x)',
      `(x, form) AS CASE lower(form) WHEN 'hex' THEN lower(hex(${bytesOf('x')})) WHEN 'base64' THEN rtrim(base64(${bytesOf('x')}), '=')
       WHEN 'base64pad' THEN base64(${bytesOf('x')}) ELSE ${unknownEncoding} END`,
    ],
    note: "Text form of a text or a binary value: `'hex'`, `'base64'` (without padding) or `'base64pad'`.",
  },
  {
    name: 'decode',
    sql: [
      '(x) AS system.main.decode(x)',
      `(x, form) AS CASE WHEN lower(form) = 'hex' THEN unhex(x) WHEN lower(form) IN ('base64', 'base64pad')
       THEN from_base64(system.main.rpad(rtrim(x, '='), CAST((length(rtrim(x, '=')) + 3) // 4 * 4 AS INTEGER), '=')) ELSE ${unknownEncoding} END`,
    ],
    note: "Binary value of a text form, `'hex'` or `'base64'`; `decode(binary)` is its text.",
  },
];

const lists: readonly FunctionMacro[] = [
  {
    name: 'cardinality',
    sql: [
      "(x) AS CASE WHEN typeof(x) LIKE 'MAP(%' THEN len(json_keys(to_json(x))) ELSE CAST(json_array_length(to_json(x)) AS BIGINT) END",
    ],
    note: 'Number of elements of a list, or of entries of a map.',
  },
  {
    name: 'array_element',
    sql: ['(list, n) AS list_extract(list, n)'],
    note: 'Element `n`, from 1; negative from the end.',
  },
  {
    name: 'array_remove',
    sql: ['(list, x) AS list_filter(list, lambda e: e IS DISTINCT FROM x)'],
    note: 'Without every element that equals `x`.',
  },
  {
    name: 'array_union',
    sql: ['(a, b) AS list_distinct(list_concat(a, b))'],
    note: 'Elements of either list, each once.',
  },
  {
    name: 'array_except',
    sql: ['(a, b) AS list_filter(list_distinct(a), lambda e: NOT list_contains(b, e))'],
    note: 'Elements of `a` that `b` lacks.',
  },
  { name: 'array_repeat', sql: ['(x, n) AS list_transform(range(n), lambda i: x)'], note: 'A list of `n` times `x`.' },
  { name: 'array_max', sql: ['(list) AS list_max(list)'], note: 'Largest element.' },
  { name: 'array_min', sql: ['(list) AS list_min(list)'], note: 'Smallest element.' },
  { name: 'array_empty', sql: ['(list) AS len(list) = 0'], note: 'True for a list without elements.' },
  {
    name: 'array_to_string',
    sql: [
      '(list, separator) AS system.main.array_to_string(list, separator)',
      '(list, separator, filler) AS system.main.array_to_string(list_transform(list, lambda e: coalesce(CAST(e AS VARCHAR), filler)), separator)',
    ],
    note: 'Elements joined; nulls are left out, or shown as `filler`.',
  },
  {
    name: 'array_join',
    sql: ['(list, separator) AS system.main.array_to_string(list, separator)'],
    note: 'As `array_to_string`.',
  },
  {
    name: 'cosine_distance',
    sql: [vectors('list_cosine_distance')],
    note: '1 − cosine of the angle, 0 … 2; null for lists of unequal length.',
  },
  {
    name: 'l2_distance',
    sql: [vectors('list_distance')],
    note: 'Euclidean distance; null for lists of unequal length.',
  },
  {
    name: 'inner_product',
    sql: [vectors('list_inner_product')],
    note: 'Dot product; null for lists of unequal length.',
  },
];

const arrowNames = [
  ['BOOLEAN', 'Boolean'],
  ['TINYINT', 'Int8'],
  ['SMALLINT', 'Int16'],
  ['INTEGER', 'Int32'],
  ['BIGINT', 'Int64'],
  ['UTINYINT', 'UInt8'],
  ['USMALLINT', 'UInt16'],
  ['UINTEGER', 'UInt32'],
  ['UBIGINT', 'UInt64'],
  ['FLOAT', 'Float32'],
  ['DOUBLE', 'Float64'],
  ['VARCHAR', 'Utf8'],
  ['JSON', 'Utf8'],
  ['UUID', 'Utf8'],
  ['BLOB', 'Binary'],
  ['DATE', 'Date32'],
  ['TIME', 'Time64(Microsecond)'],
  ['TIMESTAMP', 'Timestamp(Microsecond, None)'],
  ['TIMESTAMP WITH TIME ZONE', 'Timestamp(Microsecond, Some("UTC"))'],
  ['INTERVAL', 'Interval(MonthDayNano)'],
  ['"NULL"', 'Null'],
] as const;

const values: readonly FunctionMacro[] = [
  { name: 'nvl', sql: ['(a, b) AS coalesce(a, b)'], note: '`a`, or `b` where `a` is null.' },
  {
    name: 'nvl2',
    sql: ['(a, b, c) AS CASE WHEN a IS NOT NULL THEN b ELSE c END'],
    note: '`b` where `a` is not null, else `c`.',
  },
  {
    name: 'nanvl',
    sql: ['(a, b) AS CASE WHEN isnan(a) THEN b ELSE a END'],
    note: '`a`, or `b` where `a` is not a number.',
  },
  { name: 'signum', sql: ['(x) AS sign(x)'], note: 'Sign of a number: -1, 0 or 1.' },
  {
    name: 'arrow_typeof',
    sql: [
      `(x) AS CASE ${arrowNames.map(([engine, arrow]) => `WHEN typeof(x) = '${engine}' THEN '${arrow}'`).join(' ')}
       WHEN starts_with(typeof(x), 'DECIMAL') THEN replace(replace(typeof(x), 'DECIMAL', 'Decimal128'), ',', ', ') ELSE typeof(x) END`,
    ],
    note: "Arrow's name of the value's type; the engine's own for nested types.",
  },
];

/** Functions that the engine lacks, or that mean something else there. */
export const scalarMacros: readonly FunctionMacro[] = [...time, ...text, ...lists, ...values];
