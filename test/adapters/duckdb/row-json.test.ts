import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uniqueNames } from '../../../src/adapters/duckdb/row-json.js';
import { openStore, type Store } from './stored.js';

let store: Store;
beforeAll(async () => {
  store = openStore();
  await store.addTable('logs', { body: 'string' }, []);
});
afterAll(() => store.close());

const one = async (expression: string): Promise<string> => {
  const [line = ''] = await store.lines(`SELECT ${expression} AS v`);
  return line.slice('{"v":'.length, -1);
};

describe('a value becomes JSON', () => {
  test.each([
    ['NULL', 'null'],
    ['true', 'true'],
    ['9223372036854775807', '9223372036854775807'],
    ['170141183460469231731687303715884105727::HUGEINT', '170141183460469231731687303715884105727'],
    ['18446744073709551615::UBIGINT', '18446744073709551615'],
    ['1.10::DECIMAL(10, 2)', '1.10'],
    ['12345678901234567890123456789.123456789::DECIMAL(38, 9)', '12345678901234567890123456789.123456789'],
    ['1.5::DOUBLE', '1.5'],
    ['0.1::FLOAT', '0.1'],
    ["'nan'::DOUBLE", 'null'],
    ["'-inf'::FLOAT", 'null'],
    ["[1.5::DOUBLE, 'inf', NULL]", '[1.5,null,null]'],
    [
      "{'a': 'nan'::DOUBLE, 'b': {'c': [TIMESTAMP '2026-01-01 00:00:00.120']}}",
      '{"a":null,"b":{"c":["2026-01-01T00:00:00.12Z"]}}',
    ],
    ["TIMESTAMPTZ '2026-01-01 01:00:00+01'", '"2026-01-01T00:00:00Z"'],
    ["TIMESTAMP '2026-01-01 00:00:00.123456'", '"2026-01-01T00:00:00.123456Z"'],
    ["TIMESTAMP_NS '2026-01-01 00:00:00.123456789'", '"2026-01-01T00:00:00.123456789Z"'],
    ["TIMESTAMP_S '2026-01-01 00:00:00'", '"2026-01-01T00:00:00Z"'],
    ["TIMESTAMP_MS '2026-01-01 00:00:00.5'", '"2026-01-01T00:00:00.5Z"'],
    ["'infinity'::TIMESTAMP", 'null'],
    ["DATE '2026-01-01'", '"2026-01-01"'],
    ["TIME '01:02:03.5'", '"01:02:03.5"'],
    ["INTERVAL '26 hours 3 minutes 4.5 seconds'", '"1.02:03:04.5"'],
    ["INTERVAL '1 month'", '"30.00:00:00"'],
    ["-INTERVAL '90 seconds'", '"-00:01:30"'],
    ["TIMESTAMP '2026-01-02' - TIMESTAMP '2026-01-01 12:00'", '"12:00:00"'],
    ["'550E8400-E29B-41D4-A716-446655440000'::UUID", '"550e8400-e29b-41d4-a716-446655440000"'],
    ["'\\xAA\\x00'::BLOB", '"aa00"'],
    ["'101'::BIT", '"101"'],
    ["'a'::ENUM('a', 'b')", '"a"'],
    [
      `'{"n": 1.10, "big": 12345678901234567890123, "x": [1, null]}'::JSON`,
      '{"n": 1.10, "big": 12345678901234567890123, "x": [1, null]}',
    ],
    [`('{' || chr(10) || '"a": 1}')::JSON`, '{ "a": 1}'],
    [`{'j': '{"n": 1.10}'::JSON}`, '{"j":{"n": 1.10}}'],
    ["MAP {'': 1, 'q\"': NULL, 'a.b': 3}", '{"":1,"q\\"":null,"a.b":3}'],
    ["MAP {DATE '2026-01-01': [1.5]}", '{"2026-01-01":[1.5]}'],
    ['MAP {1: 2}', '{"1":2}'],
    ['[1, 2]::FLOAT[2]', '[1.0,2.0]'],
    ['[]', '[]'],
    ['[[1], NULL, []]', '[[1],null,[]]'],
    ['row(1, NULL)', '[1,null]'],
    ["chr(1) || chr(10) || '\"\\é😀'", '"\\u0001\\n\\"\\\\é😀"'],
    ['union_value(a := 1)', '{"a":1}'],
    ["{'a': 1}::VARIANT", '{"a":1}'],
    ['sum(1)', '1'],
    ['12345678901234567890123456789012345::BIGNUM', '12345678901234567890123456789012345'],
  ])('%s → %s', async (expression, json) => {
    expect(await one(expression)).toBe(json);
  });
});

describe('a row', () => {
  test('keeps the order of its columns and suffixes repeated names', async () => {
    expect(await store.lines('SELECT 1 AS b, 2 AS a, 3 AS b, 4 AS b_1, NULL AS n')).toEqual([
      '{"b":1,"a":2,"b_2":3,"b_1":4,"n":null}',
    ]);
  });
  test('may have names with quotes, dots, braces and nothing at all between them', async () => {
    expect(await store.lines(`SELECT 1 AS "a""b", 2 AS "a.b", 3 AS "{}", 4 AS "it's", 5 AS "\\"`)).toEqual([
      `{"a\\"b":1,"a.b":2,"{}":3,"it's":4,"\\\\":5}`,
    ]);
  });
  test.each([
    ['SHOW TABLES', '{"name":"logs"}'],
    ['VALUES (1, 2);', '{"col0":1,"col1":2}'],
    ['FROM range(1) r; -- done; really', '{"range":0}'],
    [
      'DESCRIBE logs',
      '{"column_name":"body","column_type":"VARCHAR","null":"YES","key":null,"default":null,"extra":null}',
    ],
    ['WITH a AS (SELECT 1 x) SELECT * FROM a', '{"x":1}'],
  ])('comes from %s', async (sql, line) => {
    expect(await store.lines(sql)).toEqual([line]);
  });
  test('of a plan is a line of text without a frame', async () => {
    const plan = (await store.lines('EXPLAIN SELECT 1 AS x')).join('\n');
    expect(plan).toContain('PROJECTION');
    expect(plan).not.toMatch(/[│┌]/);
  });
});

test.each([
  [
    ['a', 'a', 'a'],
    ['a', 'a_1', 'a_2'],
  ],
  [
    ['a', 'a_1', 'a'],
    ['a', 'a_1', 'a_2'],
  ],
  [
    ['x', 'y'],
    ['x', 'y'],
  ],
])('output names %j become %j', (names, unique) => {
  expect(uniqueNames(names)).toEqual(unique);
});
