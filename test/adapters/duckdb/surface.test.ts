import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStore, type Store } from './stored.js';

let store: Store;
beforeAll(async () => {
  store = openStore();
  const columns = { ts: 'datetime', k: 'string', n: 'long', j: 'dynamic' } as const;
  await store.addTable('t', columns, [
    {
      columns,
      sql: `SELECT TIMESTAMPTZ '2026-03-01 00:00:00Z' + to_hours(i::INT) AS ts, ['a', 'b'][1 + i % 2] AS k, i AS n,
            to_json({'x': [i, i + 1]}) AS j FROM range(4) r(i)`,
    },
  ]);
});
afterAll(() => store.close());

describe('SQL that users of DataFusion and DuckDB expect runs', () => {
  test.each([
    ['SELECT k, sum(n) AS s FROM t GROUP BY GROUPING SETS ((k), ()) ORDER BY s', 3],
    ['SELECT k, n, sum(n) FROM t GROUP BY ROLLUP (k, n)', 7],
    ['SELECT n, avg(n) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS a FROM t', 4],
    ['SELECT n, lag(n, 1, 0) OVER w, rank() OVER w FROM t WINDOW w AS (PARTITION BY k ORDER BY n DESC)', 4],
    ['SELECT k, n FROM t QUALIFY row_number() OVER (PARTITION BY k ORDER BY n) = 1', 2],
    ['SELECT n FROM t EXCEPT ALL SELECT 1 INTERSECT ALL SELECT 1', 3],
    ['WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 5) SELECT * FROM r', 5],
    ['WITH a AS MATERIALIZED (SELECT * FROM t), b AS (SELECT n FROM a) SELECT * FROM b JOIN a USING (n)', 4],
    ['SELECT * FROM t a, LATERAL (SELECT max(n) AS m FROM t b WHERE b.k = a.k) c', 4],
    ['SELECT * FROM t WHERE n > (SELECT avg(n) FROM t u WHERE u.k = t.k)', 2],
    ['SELECT * FROM t a ASOF JOIN t b ON a.ts >= b.ts', 4],
    ['SELECT * FROM t SEMI JOIN (VALUES (1), (2)) v(n) USING (n)', 2],
    ['SELECT * FROM t POSITIONAL JOIN t u', 4],
    ['SELECT * EXCLUDE (j), n + 1 AS m FROM t', 4],
    ['SELECT * REPLACE (upper(k) AS k) FROM t', 4],
    ["SELECT COLUMNS('k|n') FROM t", 4],
    ['SELECT min(COLUMNS(* EXCLUDE (j))) FROM t', 1],
    ['SELECT [x * 2 FOR x IN [1, 2, 3] IF x > 1] AS l', 1],
    ["SELECT {'a': 1, 'b': [1, 2]}.b[1] AS x", 1],
    ["SELECT unnest([1, 2, 3]) AS x, unnest({'a': 1, 'b': 2})", 3],
    ['SELECT x FROM generate_series(1, 3) s(x)', 3],
    ["SELECT e.key, e.value FROM t, json_each(t.j, '$.x') e", 8],
    ["SELECT * FROM (PIVOT t ON k IN ('a', 'b') USING sum(n) GROUP BY ts)", 4],
    ['SELECT * FROM (UNPIVOT (SELECT n, n + 1 AS m FROM t) ON n, m)', 8],
    ["SELECT extract(hour FROM ts), ts AT TIME ZONE 'UTC', ts + INTERVAL '1 hour', ts::DATE FROM t", 4],
    ["SELECT TRY_CAST(k AS INTEGER), CASE k WHEN 'a' THEN 1 ELSE 2 END, k IS DISTINCT FROM NULL FROM t", 4],
    ["SELECT n = ANY ([1, 2]), (n, k) IN ((1, 'b'), (2, 'a')), n BETWEEN 1 AND 2 FROM t", 4],
    ["SELECT j -> 'x' ->> 0, j -> '$.x[1]', j.x[0] FROM t", 4],
    ["SELECT k.upper(), 'abc'[2:3], k || 'x', k LIKE 'a%', k SIMILAR TO '[ab]', k ~ 'a', k COLLATE NOCASE FROM t", 4],
    ['FROM t SELECT k, count(*) AS c GROUP BY ALL ORDER BY ALL', 2],
    [
      "SELECT k, array_agg(n ORDER BY n DESC), string_agg(k, ','), count(DISTINCT n) FILTER (WHERE n > 1) FROM t GROUP BY 1",
      2,
    ],
    [
      'SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY n), approx_percentile_cont(n, 0.5) OVER () FROM t GROUP BY n',
      4,
    ],
    ['SELECT ARRAY(SELECT n FROM t ORDER BY n) AS l', 1],
    ['SELECT * FROM t LIMIT 50%', 2],
    ['SELECT * FROM t ORDER BY n DESC LIMIT 2 OFFSET 1', 2],
    ["SELECT * FROM t AS x(a, b) WHERE b = 'a'", 2],
    ['(SELECT 1) UNION (SELECT 2) ORDER BY 1', 2],
    ["SELECT map_keys(MAP {1: 2}), CAST('1' AS ENUM ('1', '2')), 1::DECIMAL(4, 1), [1]::INT[1]", 1],
    ['TABLE t', 4],
    ['SUMMARIZE t', 4],
    ['SUMMARIZE SELECT n FROM t', 1],
    ['DESCRIBE SELECT n FROM t', 1],
    ['SHOW t', 4],
    ['SELECT * FROM (DESCRIBE t)', 4],
    ['FROM (SHOW TABLES)', 1],
    ['SELECT table_name FROM information_schema.tables', 1],
    ['SELECT column_name FROM information_schema.columns', 4],
  ])('%s', async (sql, rows) => {
    expect((await store.lines(sql)).length).toBe(rows);
  });
});

test('the order of a statement is the order of its rows', async () => {
  expect(await store.lines('SELECT n FROM t ORDER BY n DESC')).toEqual([3, 2, 1, 0].map((n) => `{"n":${n}}`));
  expect(await store.lines('SELECT n FROM (SELECT n FROM t ORDER BY n DESC) q')).toEqual(
    [3, 2, 1, 0].map((n) => `{"n":${n}}`),
  );
});
