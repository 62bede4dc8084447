import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { extentPath } from '../../../src/adapters/duckdb/extents/paths.js';
import { isOpsError } from '../../../src/base/errors.js';
import { type Comparison, QueryBudget } from '../../../src/core/query/index.js';
import { openStore, type Store } from './stored.js';

let store: Store;
const everything = { a: 'string', b: 'string', c: 'string', d: 'dynamic', e: 'real', f: 'long', g: 'string' } as const;

beforeAll(async () => {
  store = openStore();
  await store.addTable('wide', everything, [
    {
      columns: { a: 'bool', b: 'real', c: 'datetime', d: 'datetime', e: 'long', f: 'int' },
      sql: `SELECT true AS a, 1.5::DOUBLE AS b, TIMESTAMPTZ '2026-01-01 00:00:00.5Z' AS c, TIMESTAMPTZ '2026-01-01 00:00:00Z' AS d,
            9007199254740993::BIGINT AS e, 7::INTEGER AS f`,
    },
    {
      columns: everything,
      sql: `SELECT 'x' AS a, 'y' AS b, 'z' AS c, '{"n": 1.10}'::JSON AS d, 0.5::DOUBLE AS e, 8::BIGINT AS f, 'new' AS g`,
    },
    {
      columns: { a: 'bool', b: 'long', c: 'long', d: 'string', e: 'int', f: 'int' },
      sql: 'SELECT NULL::BOOLEAN AS a, 42::BIGINT AS b, -1::BIGINT AS c, \'say "hi"\' AS d, 3::INTEGER AS e, NULL::INTEGER AS f',
    },
  ]);
  await store.addTable('empty', { at: 'datetime', n: 'long', j: 'dynamic' }, []);
  await store.addTable('logs', { ts: 'datetime', n: 'long', r: 'real', s: 'string', ok: 'bool', j: 'dynamic' }, [
    {
      columns: { ts: 'datetime', n: 'long', r: 'real', s: 'string', ok: 'bool', j: 'dynamic' },
      sql: `SELECT TIMESTAMPTZ '2026-03-01 00:00:00Z' + to_hours(i::INT) AS ts, i AS n, i / 2 AS r, 's' || i AS s, i % 2 = 0 AS ok, to_json({'i': i}) AS j FROM range(3) t(i)`,
    },
  ]);
});
afterAll(() => store.close());

describe('a table', () => {
  test('reads old extents cast up, missing columns null, in the order of the commits', async () => {
    expect(await store.lines('SELECT * FROM wide')).toEqual([
      '{"a":"true","b":"1.5","c":"2026-01-01T00:00:00.5Z","d":"2026-01-01T00:00:00Z","e":9007199254740992.0,"f":7,"g":null}',
      '{"a":"x","b":"y","c":"z","d":{"n": 1.10},"e":0.5,"f":8,"g":"new"}',
      '{"a":null,"b":"42","c":"-1","d":"say \\"hi\\"","e":3.0,"f":null,"g":null}',
    ]);
  });
  test('without extents is an empty relation of its types', async () => {
    const session = await store.session();
    const execution = await session.execute(await session.check('SELECT * FROM empty'), {
      tables: store.tables,
      budget: QueryBudget.parse({}),
      signal: new AbortController().signal,
    });
    expect(execution.columns).toEqual([
      { name: 'at', type: 'datetime', engineType: 'TIMESTAMP WITH TIME ZONE' },
      { name: 'n', type: 'long', engineType: 'BIGINT' },
      { name: 'j', type: 'dynamic', engineType: 'JSON' },
    ]);
    await execution.close();
    await session.close();
  });
  test.each(['logs', 'shop.logs', 'LOGS', '"logs"', 'Shop.Logs'])('is found as %s', async (name) => {
    expect(await store.lines(`SELECT count(*) AS n FROM ${name}`)).toEqual(['{"n":3}']);
  });
  test('keeps its types through a stored dynamic column', async () => {
    expect(await store.lines("SELECT j ->> 'i' AS i, typeof(j) AS t FROM logs LIMIT 1")).toEqual([
      '{"i":"0","t":"JSON"}',
    ]);
  });
  test('whose file was replaced shows the new rows, whose file is gone is named by its extent', async () => {
    const { extents } = await store.addTable('moved', { n: 'long' }, [
      { columns: { n: 'long' }, sql: 'SELECT 1::BIGINT AS n' },
      { columns: { n: 'long' }, sql: 'SELECT 2::BIGINT AS n' },
    ]);
    const [first = '', second = ''] = extents.map((extent) => extentPath(store.dataDir, extent));
    expect(await store.lines('SELECT n FROM moved')).toEqual(['{"n":1}', '{"n":2}']);
    writeFileSync(first, readFileSync(second));
    expect(await store.lines('SELECT n FROM moved')).toEqual(['{"n":2}', '{"n":2}']);
    rmSync(second);
    await expect(store.lines('SELECT n FROM moved')).rejects.toMatchObject({
      code: 'internal',
      message: `extent ${extents[1]?.id} cannot be read: its file is missing or damaged`,
    });
    writeFileSync(first, 'no parquet');
    const damaged = await store.lines('SELECT n FROM moved').catch((error: unknown) => error);
    expect(isOpsError(damaged) && damaged.code).toBe('internal');
    expect(String(damaged)).not.toContain(store.dataDir);
  });
});

describe('comparisons for pruning', () => {
  const of = async (sql: string): Promise<readonly string[]> => {
    const session = await store.session();
    try {
      const found = await session.comparisons(await session.check(sql));
      return found.map(({ table, column, op, values }: Comparison) => `${table}.${column} ${op} ${values.join('|')}`);
    } finally {
      await session.close();
    }
  };
  test.each([
    ['SELECT * FROM logs WHERE n > 5', ['logs.n > 5']],
    ['SELECT * FROM logs WHERE 5 > n', ['logs.n < 5']],
    ['SELECT * FROM logs WHERE NOT (n > 5)', ['logs.n <= 5']],
    ['SELECT * FROM logs l WHERE l.n = 9223372036854775807', ['logs.n = 9223372036854775807']],
    ['SELECT * FROM logs WHERE N BETWEEN 1 AND 1 + 1', ['logs.n >= 1', 'logs.n <= 2']],
    ["SELECT * FROM logs WHERE s IN ('a', 'b') AND ok = true", ['logs.s in a|b', 'logs.ok = true']],
    ["SELECT * FROM logs WHERE ts >= now() - INTERVAL '1 hour'", ['logs.ts >= 2026-03-01T11:00:00.25Z']],
    ["SELECT * FROM logs WHERE ts < '2026-03-01 01:00:00+01'", ['logs.ts < 2026-03-01T00:00:00Z']],
    ["SELECT * FROM logs WHERE ts >= DATE '2026-03-01'", ['logs.ts >= 2026-03-01T00:00:00Z']],
    ['SELECT * FROM logs WHERE ts >= current_date', ['logs.ts >= 2026-03-01T00:00:00Z']],
    ['SELECT * FROM logs WHERE r < 1.5 AND r >= 1', ['logs.r < 1.5', 'logs.r >= 1.0']],
    ['SELECT count(*) FROM logs WHERE n > 5 GROUP BY s HAVING count(*) > 1', ['logs.n > 5']],
    ['WITH x AS (SELECT * FROM logs WHERE n > 5) SELECT * FROM x', ['logs.n > 5']],
    ['SELECT * FROM (SELECT * FROM logs WHERE n > 5) q', ['logs.n > 5']],
    ['SELECT * FROM logs a JOIN wide b ON a.s = b.a WHERE a.n > 5', ['logs.n > 5']],
    ['SELECT * FROM logs a LEFT JOIN wide b ON a.s = b.a WHERE a.n > 5', ['logs.n > 5']],
    ['SELECT * FROM logs WHERE n > 5 UNION ALL SELECT * FROM logs WHERE n > 5', ['logs.n > 5']],
  ])('are found in %s', async (sql, found) => {
    expect(await of(sql)).toEqual(found);
  });
  test.each([
    'SELECT * FROM logs WHERE n > 5 OR ok',
    'SELECT * FROM logs WHERE NOT (n > 5 AND ok)',
    'SELECT * FROM logs WHERE n > 5.5',
    "SELECT * FROM logs WHERE n > '5'",
    'SELECT * FROM logs WHERE n > NULL',
    'SELECT * FROM logs WHERE n > r',
    'SELECT * FROM logs WHERE n > random()',
    'SELECT * FROM logs WHERE n > (SELECT 5)',
    'SELECT * FROM logs WHERE n IN (1, NULL)',
    'SELECT * FROM logs WHERE abs(n) > 5',
    'SELECT * FROM logs WHERE s > 5::VARCHAR || chr(1)',
    "SELECT * FROM logs WHERE ts > 'yesterday'",
    "SELECT * FROM logs WHERE ts > 'infinity'",
    'SELECT * FROM logs WHERE n > 1 // 0',
    'SELECT * FROM wide b LEFT JOIN logs a ON a.s = b.a WHERE a.n > 5',
    'SELECT * FROM wide b FULL JOIN logs a ON a.s = b.a WHERE a.n > 5',
    'SELECT * FROM wide b POSITIONAL JOIN logs a WHERE a.n > 5',
    'SELECT * FROM wide b ASOF JOIN logs a ON b.e >= a.r WHERE a.n > 5',
    'SELECT * FROM wide a, logs WHERE n > 5',
    'SELECT * FROM logs a JOIN logs b USING (n) WHERE a.n > 5',
    'SELECT * FROM logs WHERE n > 5 UNION ALL SELECT * FROM logs',
    'SELECT * FROM logs WHERE n > 5 AND r > (SELECT max(r) FROM logs)',
    'SELECT * FROM logs TABLESAMPLE 50% WHERE n > 5',
    'SELECT * FROM logs AS t(a, n) WHERE n > 5',
    'WITH logs AS (SELECT 6 AS n) SELECT * FROM logs WHERE n > 5',
  ])('are not found in %s', async (sql) => {
    expect(await of(sql)).toEqual([]);
  });
});

describe('row by row', () => {
  const answer = async (sql: string): Promise<boolean> => {
    const session = await store.session();
    try {
      return await session.isRowWise(await session.check(sql));
    } finally {
      await session.close();
    }
  };
  test.each([
    'SELECT * FROM logs',
    "SELECT upper(s), n + 1 AS m FROM logs WHERE n > 1 AND s LIKE '%x'",
    'FROM (SELECT n FROM logs) WHERE n > 1',
    'WITH a AS (SELECT * FROM logs), b AS (SELECT n FROM a) SELECT * FROM b WHERE n > 1',
    'SELECT n FROM logs UNION ALL SELECT n + 1 FROM logs',
    'SELECT unnest([n, n]) FROM logs',
    'SELECT list_sum([n, 1]), CASE WHEN ok THEN 1 END FROM shop.logs',
  ])('goes %s', async (sql) => expect(await answer(sql)).toBe(true));
  test.each([
    'SELECT count(*) FROM logs',
    'SELECT approx_distinct(s) FROM logs',
    'SELECT n FROM logs GROUP BY ALL',
    'SELECT DISTINCT n FROM logs',
    'SELECT n FROM logs ORDER BY n',
    'SELECT n FROM logs LIMIT 1',
    'SELECT row_number() OVER () FROM logs',
    'SELECT n FROM logs QUALIFY n > 1',
    'SELECT * FROM logs a, logs b',
    'SELECT n FROM logs UNION SELECT n FROM logs',
    'SELECT n FROM logs EXCEPT ALL SELECT n FROM logs',
    'SELECT n, (SELECT max(n) FROM logs) FROM logs',
    'SELECT n FROM logs WHERE EXISTS (SELECT 1 FROM logs)',
    'WITH a AS (SELECT count(*) AS n FROM logs) SELECT * FROM a',
    'SELECT * FROM logs TABLESAMPLE 10%',
    'SELECT 1',
    'FROM range(3)',
    'SELECT 1 UNION ALL SELECT n FROM logs',
    'EXPLAIN SELECT * FROM logs',
    'DESCRIBE logs',
    'SELECT * FROM information_schema.tables',
  ])('does not go %s', async (sql) => expect(await answer(sql)).toBe(false));
});

describe('a budget', () => {
  const slow = 'SELECT count(*) AS n FROM range(100000000000) t(i) WHERE i % 7 = 3';
  test('of time ends the work, and says which', async () => {
    await expect(store.lines(slow, { budget: { wallClockMs: 50 } })).rejects.toMatchObject({
      code: 'limit_exceeded',
      reason: 'wall_clock_exceeded',
      details: { limit: 50, unit: 'wall_clock_ms' },
    });
    expect(await store.lines('SELECT 1 AS x')).toEqual(['{"x":1}']);
  });
  test('of time ends a stream of rows too', async () => {
    await expect(
      store.lines('SELECT i FROM range(100000000000) t(i) WHERE i % 1000000000 = 1', { budget: { wallClockMs: 50 } }),
    ).rejects.toMatchObject({
      reason: 'wall_clock_exceeded',
    });
  });
  test('of memory is kept, without spilling', async () => {
    const budget = { memoryBytes: 32 * 2 ** 20, memoryIsBound: true };
    await expect(store.lines('SELECT i FROM range(20000000) t(i) ORDER BY hash(i)', { budget })).rejects.toMatchObject({
      code: 'limit_exceeded',
      reason: 'memory_exceeded',
      details: { limit: budget.memoryBytes, unit: 'memory' },
    });
  });
  test('of memory that is only the default spills under the data directory, and leaves nothing there', async () => {
    const other = openStore();
    await other.addTable('t', { n: 'long' }, []);
    const sql =
      'SELECT count(*) AS n, sum(i) AS s FROM (SELECT i, row_number() OVER (ORDER BY hash(i)) AS r FROM range(3000000) t(i)) WHERE r > 0';
    const memoryBytes = 64 * 2 ** 20;
    await expect(other.lines(sql, { budget: { memoryBytes, memoryIsBound: true } })).rejects.toMatchObject({
      reason: 'memory_exceeded',
    });
    const [line] = await other.lines(sql, { budget: { memoryBytes } });
    expect(line).toBe('{"n":3000000,"s":4499998500000}');
    await other.engine.close();
    expect(readdirSync(join(other.dataDir, 'tmp'))).toEqual([]);
    await other.close();
  });
  test('works where nothing can spill', async () => {
    const other = openStore();
    await other.addTable('t', { n: 'long' }, [{ columns: { n: 'long' }, sql: 'SELECT 1::BIGINT AS n' }]);
    rmSync(join(other.dataDir, 'tmp'), { recursive: true });
    expect(await other.lines('SELECT * FROM t')).toEqual(['{"n":1}']);
    await other.close();
  });
  test('is over when the signal says so, with its reason', async () => {
    const controller = new AbortController();
    const reason = new Error('the user went away');
    const running = store.lines(slow, { signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    await expect(running).rejects.toBe(reason);
    await expect(store.lines('SELECT 1', { signal: controller.signal })).rejects.toBe(reason);
  });
  test('and a cancelled execution ends its rows without an error', async () => {
    const session = await store.session();
    const execution = await session.execute(await session.check('SELECT * FROM range(100000000)'), {
      tables: store.tables,
      budget: QueryBudget.parse({}),
      signal: new AbortController().signal,
    });
    let chunks = 0;
    for await (const _ of execution.ndjson()) if (++chunks === 2) execution.cancel();
    expect(chunks).toBe(2);
    await execution.close();
    await execution.close();
    await session.close();
  });
});

test.each([
  ['SELECT s::INTEGER FROM logs', 'query_execution_error'],
  ["SELECT CAST('x' AS INTEGER)", 'query_execution_error'],
  ['SELECT 9223372036854775807 + n FROM logs', 'query_execution_error'],
  ['SELECT n + j FROM logs', 'sql_parse_error'],
  ['SELECT n, count(*) FROM logs', 'sql_parse_error'],
])('%s is %s', async (sql, reason) => {
  const error = await store.lines(sql).catch((caught: unknown) => caught);
  expect(isOpsError(error) && [error.code, error.reason]).toEqual(['invalid_data', reason]);
  expect(String(error)).not.toContain('{"exception');
});

test('more sessions than the pool has wait for one another', async () => {
  const answers = await Promise.all(
    Array.from({ length: 9 }, (_, index) => store.lines(`SELECT ${index} AS i, count(*) AS n FROM logs`)),
  );
  expect(answers.flat()).toEqual(Array.from({ length: 9 }, (_, index) => `{"i":${index},"n":3}`));
});
