import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainPrefix } from '../../../../src/adapters/duckdb/guard/explain-prefix.js';
import { positionAt } from '../../../../src/adapters/duckdb/guard/position.js';
import { withoutSemicolon, withQuotedAt } from '../../../../src/adapters/duckdb/guard/text.js';

describe('the end of a statement', () => {
  test.each([
    ['SELECT 1;', 'SELECT 1'],
    ['SELECT 1 ; -- done;', 'SELECT 1 '],
    ["SELECT ';'", "SELECT ';'"],
    ["SELECT ''';';", "SELECT ''';'"],
    ["SELECT E'\\';';", "SELECT E'\\';'"],
    ['SELECT ";" ;', 'SELECT ";" '],
    ['SELECT $$;$$;', 'SELECT $$;$$'],
    ['SELECT $a$;$$;$a$;', 'SELECT $a$;$$;$a$'],
    ['SELECT 1 /* ; /* ; */ ; */;', 'SELECT 1 /* ; /* ; */ ; */'],
    ['SELECT 1 -- ;\n, 2;', 'SELECT 1 -- ;\n, 2'],
    ["SELECT a$1 ';';", "SELECT a$1 ';'"],
  ])('%j is %j', (sql, body) => {
    expect(withoutSemicolon(sql)).toBe(body);
  });
  test('is never looked for within a text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const sql = `SELECT '${text.replaceAll("'", "''")}'`;
        expect(withoutSemicolon(`${sql};`)).toBe(sql);
      }),
    );
  });
});

test.each([
  ['EXPLAIN SELECT 1', false, false],
  ['explain analyze SELECT 1', true, false],
  ['/* x */ EXPLAIN (FORMAT json) SELECT 1', false, true],
  ["EXPLAIN (ANALYZE, FORMAT 'json') SELECT 1", true, true],
  ['EXPLAIN -- why\n SELECT 1', false, false],
])('%j asks for analyze %s, json %s', (sql, analyze, json) => {
  const prefix = explainPrefix(sql);
  expect(prefix).toMatchObject({ analyze, json });
  expect(prefix?.inner.trim()).toBe('SELECT 1');
  expect(prefix?.inner.indexOf('SELECT 1')).toBe(sql.indexOf('SELECT 1'));
});

test.each(['SELECT 1', 'EXPLAINED', '"EXPLAIN" SELECT 1'])('%j explains nothing', (sql) => {
  expect(explainPrefix(sql)).toBeUndefined();
});

test.each([
  ['SELECT é, x', 11, { line: 1, column: 11 }],
  ['a\nb😀c', 7, { line: 2, column: 4 }],
])('in %j byte %i is %o', (source, offset, at) => {
  expect(positionAt(source, offset)).toEqual(at);
});

describe('a bare "at" is a column', () => {
  test.each([
    ['SELECT at FROM logs WHERE at > now()', 'SELECT "at" FROM logs WHERE "at" > now()'],
    ['SELECT max(At), l.at FROM l ORDER BY at', 'SELECT max("At"), l."at" FROM l ORDER BY "at"'],
    ["SELECT t AT TIME ZONE 'UTC', at at time zone 'UTC'", `SELECT t AT TIME ZONE 'UTC', "at" at time zone 'UTC'`],
    ['SELECT * FROM t AT (VERSION => 1)', 'SELECT * FROM t AT (VERSION => 1)'],
    [
      `SELECT 'at', "at", attr, meat, at_, $$at$$ -- at\n/* at */`,
      `SELECT 'at', "at", attr, meat, at_, $$at$$ -- at\n/* at */`,
    ],
  ])('%s', (sql, quoted) => {
    expect(withQuotedAt(sql)).toBe(quoted);
  });
});
