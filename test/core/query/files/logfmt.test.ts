import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLogfmtLine } from '../../../../src/core/query/files/logfmt.js';
import { logfmtRows } from '../../../../src/core/query/files/logfmt-rows.js';

const pairs = (line: string): unknown => {
  const parsed = parseLogfmtLine(line);
  return parsed.ok ? parsed.pairs.map(({ key, value }) => [key, value]) : parsed;
};

describe('a logfmt line', () => {
  it.each([
    [
      'a=1 b="x y"',
      [
        ['a', '1'],
        ['b', 'x y'],
      ],
    ],
    [
      '  a=1\tb=2  ',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [String.raw`m="say \"hi\"\n\u00e9 \\ \x"`, [['m', 'say "hi"\né \\ \\x']]],
    [
      'dry-run a= b=""',
      [
        ['dry-run', 'true'],
        ['a', ''],
        ['b', ''],
      ],
    ],
    ['url=http://x/?q=1', [['url', 'http://x/?q=1']]],
    ['a=x"y', [['a', 'x"y']]],
    ['', []],
  ])('%s', (line, expected) => {
    expect(pairs(line)).toEqual(expected);
  });

  it.each([
    ['a="open', 3],
    ['=x', 1],
    ['a=1 "b"', 5],
    ['a="x"y', 6],
    [String.raw`a="x\"`, 3],
  ])('%s is broken at column %i', (line, column) => {
    expect(parseLogfmtLine(line)).toMatchObject({ ok: false, column });
  });

  it('turns half a surrogate pair into U+FFFD', () => {
    expect(pairs(String.raw`k="\ud83d\ude00 \ud83d x"`)).toEqual([['k', '😀 \uFFFD x']]);
  });

  it('reads back any value that was quoted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(pairs(`k=${JSON.stringify(value)}`)).toEqual([['k', value]]);
      }),
    );
  });
});

describe('logfmt as rows', () => {
  it('types columns by all their values', () => {
    const rows = logfmtRows();
    rows.push(
      'n=1 r=1 b=true t=2026-01-01T00:00:00Z s=007 m=1\nn=22 r=1.5 b=false t=2026-01-01T00:00:00+01:00 s=1 m=x\n',
    );
    expect(Object.fromEntries(rows.columns().map(({ name, type }) => [name, type]))).toEqual({
      n: 'long',
      r: 'real',
      b: 'bool',
      t: 'datetime',
      s: 'string',
      m: 'string',
    });
  });

  it('keeps the last value of a key and the first spelling of a column', () => {
    expect(logfmtRows().push('a=1 a=2 A=3\nA=4\r\n')).toBe('{"a":"3"}\n{"a":"4"}\n');
  });

  it('keeps lines that are not logfmt, and says how many', () => {
    const rows = logfmtRows();
    expect(rows.push('a=1 b=2\npanic: oh no\n\na="x')).toBe(
      '{"a":"1","b":"2"}\n{"_line":"panic: oh no"}\n{"_line":"a=\\"x"}\n',
    );
    expect(rows.kept()).toEqual({ lines: 2, first: 2 });
    expect(rows.rows()).toBe(3);
  });
});
