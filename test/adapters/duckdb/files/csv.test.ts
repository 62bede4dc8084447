import { describe, expect, it } from 'vitest';
import { ask, faultOf, inputs, piped, queries, rowsOf } from './harness.js';

const { write } = inputs();

describe('CSV and TSV', () => {
  it.each([
    [
      'keeps what a number would lose',
      'zip,phone,big\n00123,+49,12345678901234567890\n',
      [{ zip: '00123', phone: '+49', big: '12345678901234567890' }],
    ],
    [
      'knows null from empty',
      'n,s\n1,""\n,x\n,\n',
      [
        { n: 1, s: '' },
        { n: null, s: 'x' },
        { n: null, s: null },
      ],
    ],
    [
      'takes only full times with a zone for times',
      't,d\n2026-01-01T01:00:00+01:00,2026-01-01\n',
      [{ t: '2026-01-01T00:00:00Z', d: '2026-01-01' }],
    ],
    [
      'reads quoted line breaks and mixed line ends',
      'a,b\r\n1,"x\ny"\n2,"""q"""\r\n',
      [
        { a: 1, b: 'x\ny' },
        { a: 2, b: '"q"' },
      ],
    ],
    ['reads a semicolon where there is no comma', 'a;b\n1,5;2\n', [{ a: '1,5', b: 2 }]],
    ['has columns also without rows', 'a,b\n', []],
    ['skips a byte-order mark', '\uFEFFa\n1\n', [{ a: 1 }]],
    ['judges by all rows', `n\n${'1\n'.repeat(5000)}x\n`, [...Array(5000).fill({ n: '1' }), { n: 'x' }]],
  ])('%s', async (_, text, rows) => {
    expect(await rowsOf([write('t.csv', text)], 'SELECT * FROM t')).toEqual(rows);
  });

  it('reads tabs', async () => {
    expect(await rowsOf([write('t.tsv', 'a\tb\n1\tx,y\n')], 'SELECT * FROM t')).toEqual([{ a: 1, b: 'x,y' }]);
  });

  it('warns where the header looks like values', async () => {
    const { warnings } = await ask([write('t.csv', '1,2\n3,4\n')], 'SELECT * FROM t');
    expect(warnings).toEqual([expect.stringContaining('"1" is a column\'s name now')]);
  });

  it('calls a stream as it was given to it', async () => {
    const stream = piped('1,2\n3,4\n');
    const files = [{ name: 't', stream, title: 'app.csv.gz', format: 'csv' as const }];
    const result = await queries.query({ files, sql: 'SELECT count(*) FROM t' });
    await result.close();
    expect(result.warnings).toEqual([expect.stringMatching(/^app\.csv\.gz: the first line is the header/)]);
  });

  it.each([
    ['a,b\n1,2\n3\n', 'line 3, column 1: the header has 2 fields, this record has 1'],
    ['a,b\n1,"x\n', 'line 2, column 3: the quote is never closed'],
    [Buffer.from('a,b\n1,\xe9\n', 'latin1'), 'line 2, column 1: the line is not UTF-8'],
  ])('%j is refused', async (text, message) => {
    const file = write('bad.csv', text);
    expect(await faultOf([file], 'SELECT 1 FROM bad')).toEqual({
      code: 'invalid_data',
      exit: 9,
      message: `${file}, ${message}`,
    });
  });
});
