import { describe, expect, it } from 'vitest';
import { faultOf, inputs, rowsOf, spools } from './harness.js';

// Big enough that the engine starts before the whole file has been checked.
const { write } = inputs();
const rows = 100_000;
const filler = 'x'.repeat(60);
const start = Array.from(
  { length: rows },
  (_, n) => `{"ts":"2026-01-01T00:00:00Z","n":${n},"level":"${n % 4 === 0 ? 'error' : 'info'}","s":"${filler}"}\n`,
).join('');
const sum = (rows * (rows - 1)) / 2;

const file = (name: string, end: string): string => `t=${write(`${name}.ndjson`, start + end)}`;
const plain = file('plain', '');

describe('a big NDJSON file', () => {
  it.each([
    ['SELECT count(*) AS a FROM t', [{ a: rows }]],
    ["SELECT count(*) AS a FROM t WHERE level = 'error'", [{ a: rows / 4 }]],
    ['SELECT sum(n) AS a FROM t', [{ a: sum }]],
    ['SELECT level, count(*) AS a FROM t GROUP BY ALL ORDER BY level LIMIT 1', [{ level: 'error', a: rows / 4 }]],
    ['SELECT n AS a FROM t WHERE n = 7', [{ a: 7 }]],
  ])('%s', async (sql, expected) => {
    expect(await rowsOf([plain], sql)).toEqual(expected);
  });

  // What only the last line shows: each of these would be wrong or lost with the types of the beginning.
  it.each<readonly [string, string, string, readonly unknown[]]>([
    ['a fraction', '{"n":1.5}\n', 'SELECT sum(n) AS a FROM t', [{ a: sum + 1.5 }]],
    ['a number as text', '{"n":"12"}\n', "SELECT count(*) AS a FROM t WHERE n = '12'", [{ a: 2 }]],
    ['a date without zone', '{"ts":"2026-01-02"}\n', 'SELECT max(ts) AS a FROM t', [{ a: '2026-01-02' }]],
    ['a number among texts', '{"level":5}\n', "SELECT count(*) AS a FROM t WHERE level = '5'", [{ a: 1 }]],
    [
      'another spelling',
      '{"LEVEL":"error"}\n',
      "SELECT count(*) AS a FROM t WHERE level = 'error'",
      [{ a: rows / 4 + 1 }],
    ],
    ['no level at all', '{"n":1}\n', 'SELECT count(*) AS a FROM t WHERE level IS NULL', [{ a: 1 }]],
    ['a new column', '{"fresh":7}\n', 'SELECT sum(fresh) AS a FROM t', [{ a: 7 }]],
    [
      'a new column in *',
      '{"fresh":7}\n',
      'SELECT * FROM t WHERE level IS NULL',
      [{ ts: null, n: null, level: null, s: null, fresh: 7 }],
    ],
    [
      'a repeated key',
      '{"level":"a","level":"error"}\n',
      "SELECT count(*) AS a FROM t WHERE level = 'error'",
      [{ a: rows / 4 + 1 }],
    ],
    ['a line without object', '{"level":"error"}\n', 'SELECT count(*) AS a FROM t', [{ a: rows + 1 }]],
  ])('sees %s in the last line', async (_, end, sql, expected) => {
    expect(await rowsOf([file('late', end)], sql)).toEqual(expected);
  });

  it('sees an object in the last line: then the column is dynamic, and no text compares with it', async () => {
    const from = [file('object', '{"level":{"x":1}}\n')];
    expect(await faultOf(from, "SELECT count(*) FROM t WHERE level = 'error'")).toMatchObject({ code: 'invalid_data' });
    expect(await rowsOf(from, "SELECT level FROM t WHERE level->>'$.x' = '1'")).toEqual([{ level: { x: 1 } }]);
  });

  it.each([
    ['SELECT sum(n) FROM t', '{"n":1,}\n', 8],
    ['SELECT count(*) FROM t', '{"n":\n', 6],
    ["SELECT count(*) FROM t WHERE level = 'error'", '{"level":"a"} x\n', 15],
    ['SELECT n FROM t', '{"n":NaN}\n', 6],
  ])('%s finds the broken last line', async (sql, end, column) => {
    const fault = await faultOf([file('broken', end)], sql);
    expect(fault.message).toContain(`broken.ndjson, line ${rows + 1}, column ${column}`);
  });

  it('leaves nothing behind, also where it fails', async () => {
    const before = spools();
    await faultOf([file('broken', '{"n":1,}\n')], 'SELECT sum(n) FROM t');
    await faultOf([plain], 'SELECT nosuch FROM t');
    expect(spools()).toEqual(before);
  });
});
