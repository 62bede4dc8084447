import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isBlank, onOneLine, segmentsOf, splitStatements } from '../../../../src/commands/query/shell/sql-text.js';

test.each([
  ['SELECT 1;', ['SELECT 1'], '', undefined],
  ['SELECT 1', [], 'SELECT 1', undefined],
  ['SELECT 1; SELECT 2;', ['SELECT 1', 'SELECT 2'], '', undefined],
  ['SELECT 1;\nSELECT 2', ['SELECT 1'], 'SELECT 2', undefined],
  [';;  ;', [], '', undefined],
  ["SELECT ';'; x", ["SELECT ';'"], 'x', undefined],
  ["SELECT 'it''s;';", ["SELECT 'it''s;'"], '', undefined],
  ["SELECT 'a\\';", ["SELECT 'a\\'"], '', undefined],
  ["SELECT E'a\\';';", ["SELECT E'a\\';'"], '', undefined],
  ["SELECT 'open;", [], "SELECT 'open;", 'string'],
  ['SELECT "a;b" FROM t;', ['SELECT "a;b" FROM t'], '', undefined],
  ['SELECT "a;', [], 'SELECT "a;', 'name'],
  ['SELECT 1 -- ; no\n;', ['SELECT 1 -- ; no'], '', undefined],
  ['SELECT 1; -- done', ['SELECT 1'], '', undefined],
  ['SELECT /* ; /* ; */ ; */ 1;', ['SELECT /* ; /* ; */ ; */ 1'], '', undefined],
  ['SELECT /* ;', [], 'SELECT /* ;', 'block comment'],
  ['SELECT $$;$$;', ['SELECT $$;$$'], '', undefined],
  ['SELECT $a$ ; $$ ; $a$;', ['SELECT $a$ ; $$ ; $a$'], '', undefined],
  ['SELECT $a$ ;', [], 'SELECT $a$ ;', 'dollar'],
  ['SELECT a$b$c FROM t;', ['SELECT a$b$c FROM t'], '', undefined],
  ['SELECT $1;', ['SELECT $1'], '', undefined],
])('%j splits into %j and leaves %j', (text, statements, rest, open) => {
  expect(splitStatements(text)).toEqual({ statements, rest, open });
});

test('segments cover every text without gaps', () => {
  const piece = fc.constantFrom("'", '"', '--', '/*', '*/', '$', '$a$', '\n', ';', 'E', '\\', 'x ', '.');
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('');
      let at = 0;
      for (const { start, end } of segmentsOf(text)) {
        expect(start).toBe(at);
        expect(end).toBeGreaterThan(start);
        at = end;
      }
      expect(at).toBe(text.length);
    }),
  );
});

const withoutComments = (text: string): string =>
  segmentsOf(text)
    .filter(({ kind }) => !kind.endsWith('comment'))
    .map(({ start, end }) => text.slice(start, end))
    .join('')
    .trim();

test('typing a text line by line or pasting it at once gives the same statements', () => {
  const piece = fc.constantFrom("'", '"', '-- c\n', '/*', '*/', '$$', '\n', ';', 'x ', 'SELECT ');
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('');
      const typed: string[] = [];
      let pending = '';
      text.split('\n').forEach((line, index) => {
        const split = splitStatements(index === 0 || pending === '' ? line : `${pending}\n${line}`);
        typed.push(...split.statements);
        pending = split.rest;
      });
      // A comment before a statement is forgotten once its line is done.
      expect(typed.map(withoutComments)).toEqual(splitStatements(text).statements.map(withoutComments));
    }),
  );
});

test.each([
  ['', true],
  ['  \n ', true],
  ['-- only words', true],
  ['/* a */ -- b', true],
  ['/* open', false],
  ['x', false],
])('%j is blank: %s', (text, blank) => {
  expect(isBlank(text)).toBe(blank);
});

test.each([
  ['SELECT 1\n  FROM t', 'SELECT 1 FROM t'],
  ['SELECT 1 -- why\nFROM t', 'SELECT 1  FROM t'],
  ["SELECT 'a\nb'", undefined],
  ["SELECT 'a  b'", "SELECT 'a  b'"],
])('%j on one line is %j', (statement, line) => {
  expect(onOneLine(statement)).toBe(line);
});
