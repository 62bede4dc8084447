import { describe, expect, it } from 'vitest';
import { ask, faultOf, inputs, piped, rowsOf } from './harness.js';

const { write } = inputs();
const bodies = (...lines: readonly string[]): unknown => lines.map((body, index) => ({ line: index + 1, body }));

describe('text', () => {
  it.each([
    [
      'empty lines, quotes, blanks, NULL',
      'one\n\n"two, x"\n  lead\nNULL\n',
      bodies('one', '', '"two, x"', '  lead', 'NULL'),
    ],
    ['CRLF without a last line end', 'a\r\n\r\nb', bodies('a', '', 'b')],
    ['mixed line ends and a return amid a line', 'a\rb\nc\r\n', bodies('a\rb', 'c')],
    ['control characters', 'a\x1f\x1e\x1d\x01b\n\0c\n', bodies('a\x1f\x1e\x1d\x01b', '\0c')],
    ['some of the control characters', 'a\x1fb\n', bodies('a\x1fb')],
    ['a byte-order mark', '\uFEFFa\n', bodies('a')],
    ['one empty line', '\n', bodies('')],
    ['nothing', '', []],
  ])('reads %s', async (_, text, rows) => {
    expect(await rowsOf([write('t.log', text)], 'SELECT * FROM t')).toEqual(rows);
  });

  it('replaces bytes that are not UTF-8, and says so once', async () => {
    const file = write('t.log', Buffer.from('ok\na\xff\nb\xfe\n', 'latin1'));
    expect(await ask([file], 'SELECT * FROM t')).toEqual({
      rows: bodies('ok', 'a\uFFFD', 'b\uFFFD'),
      warnings: [`${file}: some bytes are not UTF-8 and read as U+FFFD, the first of them in line 2`],
    });
  });

  it('names the first line that is not UTF-8 far into a file', async () => {
    const file = write('t.log', Buffer.from(`${'some words\n'.repeat(500_000)}fine\nb\xfe\n`, 'latin1'));
    expect((await ask([file], 'SELECT count(*) AS n FROM t')).warnings).toEqual([
      `${file}: some bytes are not UTF-8 and read as U+FFFD, the first of them in line 500002`,
    ]);
  });

  it('numbers the lines of a file that several threads read', async () => {
    const text = Array.from({ length: 300_000 }, (_, n) => `line ${n + 1} ${'.'.repeat(n % 50)}\n`).join('');
    const sql = "SELECT count(*) AS n, max(line) AS last FROM t WHERE starts_with(body, 'line ' || line || ' ')";
    expect(await rowsOf([write('t.log', text)], sql)).toEqual([{ n: 300_000, last: 300_000 }]);
  });

  it('reads a line of 5 MB', async () => {
    const file = write('t.log', `a\n${'y'.repeat(5_000_000)}\nb\n`);
    expect(await rowsOf([file], 'SELECT line, length(body) AS n FROM t')).toEqual([
      { line: 1, n: 1 },
      { line: 2, n: 5_000_000 },
      { line: 3, n: 1 },
    ]);
  });

  it('adds the named groups of a pattern, null where a line does not match', async () => {
    const file = write('t.log', 'E1121 boom\n\nI1122 fine\n');
    const pattern = '^(?<level>[A-Z])(?P<day>\\d+) (.*)(?<rest>x)?';
    expect(await rowsOf([file], 'SELECT level, day, rest FROM t', { pattern })).toEqual([
      { level: 'E', day: '1121', rest: '' },
      { level: null, day: null, rest: null },
      { level: 'I', day: '1122', rest: '' },
    ]);
  });

  it.each([
    ['(?<a>\\y)', 'invalid escape sequence: \\y'],
    ['(?<a>x', 'never closed'],
    ['(?<a>x{5000})', 'invalid repetition size'],
  ])('refuses the pattern %s before anything runs', async (pattern, message) => {
    const fault = await faultOf([write('t.log', 'x\n')], 'SELECT 1', { pattern });
    expect(fault).toEqual({ code: 'usage', exit: 2, message: expect.stringContaining(message) });
  });

  it('refuses a pattern where no file is text', async () => {
    const fault = await faultOf([write('t.csv', 'a\n1\n')], 'SELECT 1', { pattern: '(?<a>x)' });
    expect(fault).toMatchObject({ code: 'usage', message: expect.stringContaining('none of the files is text') });
  });
});

describe('logfmt', () => {
  it('types its values and keeps odd names', async () => {
    const file = write('t.logfmt', 'time=2026-01-01T00:00:00Z n=1 Dry-Run msg="a \\"b\\""\nn=22 ok=true id=007\n');
    expect(await rowsOf([file], 'SELECT * FROM t')).toEqual([
      { time: '2026-01-01T00:00:00Z', n: 1, 'Dry-Run': true, msg: 'a "b"', ok: null, id: null },
      { time: null, n: 22, 'Dry-Run': null, msg: null, ok: true, id: '007' },
    ]);
  });

  it('replaces bytes that are not UTF-8, and says where', async () => {
    const file = write('t.logfmt', Buffer.from('a=1 b=2\na=1 b=x\xff\n', 'latin1'));
    expect(await ask([file], 'SELECT b FROM t')).toEqual({
      rows: [{ b: '2' }, { b: 'x\uFFFD' }],
      warnings: [`${file}: some bytes are not UTF-8 and read as U+FFFD, the first of them in line 2`],
    });
  });

  it('keeps lines that are not logfmt under _line, and says so', async () => {
    const file = write('t.logfmt', 'a=1 b=2\npanic: boom\n');
    const { rows, warnings } = await ask([file], 'SELECT _line FROM t');
    expect(rows).toEqual([{ _line: null }, { _line: 'panic: boom' }]);
    expect(warnings).toEqual([`${file}: 1 line is not logfmt; its text is in column "_line"`]);
  });
});

describe('stdin', () => {
  it.each([
    ['{"a":1}\n', [{ a: 1 }]],
    ['[{"a":1},\n{"a":2}]', [{ a: 1 }, { a: 2 }]],
    ['a=1 b=x\n', [{ a: 1, b: 'x' }]],
    ['plain words\n', [{ line: 1, body: 'plain words' }]],
    ['', []],
  ])('%j is recognised', async (text, rows) => {
    expect(await rowsOf(['-'], 'SELECT * FROM stdin', { stdin: piped(text) })).toEqual(rows);
  });

  it('is what --format says', async () => {
    const stdin = piped('{"a":1}\n');
    expect(await rowsOf(['x=-'], 'SELECT * FROM x', { stdin, format: 'text' })).toEqual([{ line: 1, body: '{"a":1}' }]);
  });
});
