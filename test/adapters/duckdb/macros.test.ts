import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { macros } from '../../../src/adapters/duckdb/macros.js';
import { rewrittenFunctions } from '../../../src/adapters/duckdb/rewrite.js';
import { openStore, type Store } from './stored.js';

let store: Store;
beforeAll(async () => {
  store = openStore();
  await store.addTable('logs', { x: 'long', s: 'string', j: 'dynamic' }, [
    {
      columns: { x: 'long', s: 'string', j: 'dynamic' },
      sql: `SELECT * FROM (VALUES (1::BIGINT, 'a', '[1, 0]'::JSON), (2, 'b', '[0, 1]'), (2, 'a', '[1]'), (5, NULL, NULL)) t(x, s, j)`,
    },
  ]);
});
afterAll(() => store.close());

const cases: readonly (readonly [expression: string, json: string])[] = [
  ["date_bin(INTERVAL '15 minutes', TIMESTAMPTZ '2026-03-01 12:22:00Z')", '"2026-03-01T12:15:00Z"'],
  ["date_bin(INTERVAL '7 days', TIMESTAMP '2026-03-01 12:22:00')", '"2026-02-26T00:00:00Z"'],
  ["date_bin('1 hour', TIMESTAMP '2026-03-01 12:22:00', TIMESTAMP '2026-01-01 00:30:00')", '"2026-03-01T11:30:00Z"'],
  ['to_timestamp(1700000000)', '"2023-11-14T22:13:20Z"'],
  ['to_timestamp(1700000000.25)', '"2023-11-14T22:13:20.25Z"'],
  ["to_timestamp('2026-01-01T00:00:00+01:00')", '"2025-12-31T23:00:00Z"'],
  ["to_timestamp('01/02/2026', '%d/%m/%Y')", '"2026-02-01T00:00:00Z"'],
  ['to_timestamp_seconds(1700000000)', '"2023-11-14T22:13:20Z"'],
  ['to_timestamp_millis(1700000000123)', '"2023-11-14T22:13:20.123Z"'],
  ['to_timestamp_micros(1700000000123456)', '"2023-11-14T22:13:20.123456Z"'],
  ['to_timestamp_nanos(1700000000123456789)', '"2023-11-14T22:13:20.123456Z"'],
  ['from_unixtime(0)', '"1970-01-01T00:00:00Z"'],
  ["to_unixtime('2023-11-14T22:13:20Z')", '1700000000'],
  ["to_char(TIMESTAMP '2026-01-02 03:04:05', '%Y/%m/%d')", '"2026/01/02"'],
  ["date_format(TIMESTAMP '2026-01-02 03:04:05', '%H:%M')", '"03:04"'],
  ["to_date('2026-01-02')", '"2026-01-02"'],
  ["regexp_like('OutOfMemory', 'of')", 'false'],
  ["regexp_like('OutOfMemory', 'of', 'i')", 'true'],
  ["regexp_match('a=1', '(\\w)=(\\d)')", '["a","1"]'],
  ["regexp_match('a=1', '[(]?\\d')", '["1"]'],
  ["regexp_match('a', '\\d')", 'null'],
  ["regexp_match('A1', 'a(?P<n>\\d)', 'i')", '["1"]'],
  ["regexp_count('a1b2c3', '\\d')", '3'],
  ["regexp_count('a1b2c3', '\\d', 3)", '2'],
  ["regexp_count('AaA', 'a', 1, 'i')", '3'],
  ["initcap('hello wÖRLD-of x1')", '"Hello Wörld-Of X1"'],
  ["btrim('  x ')", '"x"'],
  ["btrim('xxaxx', 'x')", '"a"'],
  ["lpad('7', 3, '0')", '"007"'],
  ["lpad('7', 3)", '"  7"'],
  ["rpad('7', 3)", '"7  "'],
  ["rpad('7', 3, '-')", '"7--"'],
  ["overlay('Txxxxas' PLACING 'hom' FROM 2 FOR 4)", '"Thomas"'],
  ["overlay('abcd' PLACING 'XY' FROM 2)", '"aXYd"'],
  ["octet_length('é')", '2'],
  ["octet_length('ab'::BLOB)", '2'],
  ["char_length('é')", '1'],
  ["encode('é', 'hex')", '"c3a9"'],
  ["encode('abcd', 'base64')", '"YWJjZA"'],
  ["encode('abcd', 'base64pad')", '"YWJjZA=="'],
  ["encode('a')", '"61"'],
  ["decode('c3a9', 'hex')", '"c3a9"'],
  ["decode(decode('YWJjZA', 'base64'))", '"abcd"'],
  ["decode('YWJjZA==', 'base64')", '"61626364"'],
  ['cardinality([1, 2, NULL])', '3'],
  ["cardinality(MAP {'a': 1, 'b': 2})", '2'],
  ['make_array(1, 2, 3)', '[1,2,3]'],
  ['array_has([1, 2], 2)', 'true'],
  ['array_append([1], 2)', '[1,2]'],
  ['array_element([1, 2], -1)', '2'],
  ['array_remove([1, NULL, 2, 1], 1)', '[null,2]'],
  ['array_sort(array_union([1, 2], [2, 3]))', '[1,2,3]'],
  ['array_except([1, 2, 2], [2])', '[1]'],
  ["array_repeat('x', 2)", '["x","x"]'],
  ['array_max([1, 3])', '3'],
  ['array_min([1, 3])', '1'],
  ['array_empty([])', 'true'],
  ["array_to_string([1, NULL, 2], '-')", '"1-2"'],
  ["array_to_string([1, NULL, 2], '-', '?')", '"1-?-2"'],
  ["array_join(['a', 'b'], '')", '"ab"'],
  ['cosine_distance([1, 0], [0, 1])', '1.0'],
  ["cosine_distance('[1, 0]'::JSON, [1.0, 0.0])", '0.0'],
  ['l2_distance([0, 0], [3, 4])', '5.0'],
  ['inner_product([1, 2], [3, 4])', '11.0'],
  ['inner_product([1, 2], [3])', 'null'],
  ['inner_product([1, 2]::FLOAT[2], [3, 4, 5]::FLOAT[3])', 'null'],
  ['nvl(NULL, 2)', '2'],
  ['nvl2(1, 2, 3)', '2'],
  ["nanvl('nan'::DOUBLE, 1.5)", '1.5'],
  ['signum(-3)', '-1'],
  ['arrow_typeof(1::BIGINT)', '"Int64"'],
  ["arrow_typeof('x')", '"Utf8"'],
  ['arrow_typeof(1.25)', '"Decimal128(3, 2)"'],
  ["arrow_cast('12', 'Int64')", '12'],
  ["arrow_cast('2026-01-01', 'Timestamp(Nanosecond, None)')", '"2026-01-01T00:00:00Z"'],
  ["named_struct('a', 1, 'b', [9223372036854775807])", '{"a":1,"b":[9223372036854775807]}'],
  ['5 / 2', '2'],
  ['-7 / 2', '-3'],
  ['5.0 / 2', '2.5'],
  ["strpos('abc', 'c')", '3'],
  ["split_part('a.b', '.', 2)", '"b"'],
  ["'{\"a\": {\"b\": 1}}'::JSON -> 'a' ->> 'b'", '"1"'],
];

describe('a function', () => {
  test.each(cases)('%s = %s', async (expression, json) => {
    expect(await store.lines(`SELECT ${expression} AS v`)).toEqual([`{"v":${json}}`]);
  });

  test.each([
    ['approx_distinct(s)', '2'],
    ['approx_distinct(s) FILTER (WHERE x = 2)', '2'],
    ['approx_median(x)', '2'],
    ['approx_percentile_cont(x, 1.0)', '5'],
    ['round(var(x), 6)', '3.0'],
    ['round(var_sample(x), 6)', '3.0'],
    ['round(covar(x, x), 6)', '3.0'],
    ['regr_slope(x, x)', '1.0'],
  ])('%s over rows = %s', async (expression, json) => {
    expect(await store.lines(`SELECT ${expression} AS v FROM logs`)).toEqual([`{"v":${json}}`]);
  });

  test('of distance takes dynamic columns, and is null for unequal lengths', async () => {
    expect(await store.lines('SELECT inner_product(j, [1, 0]) AS v FROM logs')).toEqual([
      '{"v":1.0}',
      '{"v":0.0}',
      '{"v":null}',
      '{"v":null}',
    ]);
  });

  test('that is ours has a case here', () => {
    const tried =
      cases.map(([expression]) => expression).join(' ') +
      ' approx_distinct( approx_median( approx_percentile_cont( var( var_sample( covar(';
    const names = [...macros, ...rewrittenFunctions].map(({ name }) => name);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\(`).test(tried))).toEqual([]);
  });
});

describe('nulls sort', () => {
  test.each([
    ['ASC', ['"a"', '"a"', '"b"', 'null']],
    ['DESC', ['null', '"b"', '"a"', '"a"']],
  ])('%s as in DataFusion', async (order, values) => {
    expect(await store.lines(`SELECT s FROM logs ORDER BY s ${order}`)).toEqual(
      values.map((value) => `{"s":${value}}`),
    );
  });
});

describe('the present is the instant of the statement', () => {
  test.each([
    ['now()', '"2026-03-01T12:00:00.25Z"'],
    ['current_timestamp', '"2026-03-01T12:00:00.25Z"'],
    ['transaction_timestamp()', '"2026-03-01T12:00:00.25Z"'],
    ['get_current_timestamp()', '"2026-03-01T12:00:00.25Z"'],
    ['localtimestamp', '"2026-03-01T12:00:00.25Z"'],
    ['current_localtimestamp()', '"2026-03-01T12:00:00.25Z"'],
    ['today()', '"2026-03-01"'],
    ['current_date', '"2026-03-01"'],
    ['localtime', '"12:00:00.25"'],
    ['current_localtime()', '"12:00:00.25"'],
    ['current_time', '"12:00:00.25+00"'],
    ["ago(INTERVAL '1 hour')", '"2026-03-01T11:00:00.25Z"'],
    ["age(TIMESTAMP '2026-02-28')", '"1.00:00:00"'],
    ["now() - INTERVAL '1 day'", '"2026-02-28T12:00:00.25Z"'],
    ['main.now()', '"2026-03-01T12:00:00.25Z"'],
    ['list_transform([1], lambda x: now())', '["2026-03-01T12:00:00.25Z"]'],
  ])('%s = %s', async (expression, json) => {
    expect(await store.lines(`SELECT ${expression} AS v`)).toEqual([`{"v":${json}}`]);
  });
});
