import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvScan, csvDelimiter, csvScanner } from '../../../../src/core/query/files/csv-scan.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const scan = (text: string, pieces = 1_000_000): CsvScan | { line: number; message: string } => {
  const scanner = csvScanner(',');
  const all = bytes(text);
  for (let at = 0; at < all.length; at += pieces) {
    const fault = scanner.push(all.subarray(at, at + pieces));
    if (fault) return { line: fault.at.line, message: fault.message };
  }
  const fault = scanner.end();
  return fault ? { line: fault.at.line, message: fault.message } : scanner.scan();
};

const types = (text: string): unknown => {
  const found = scan(text);
  return 'columns' in found ? found.columns.map(({ name, type }) => `${name}:${type}`) : found;
};

describe('CSV', () => {
  it.each([
    ['a,b,c\n1,1.5,x\n2,2,y\n', ['a:long', 'b:real', 'c:string']],
    ['a,b,c,d\n007,+1,1 2,NaN\n', ['a:string', 'b:string', 'c:string', 'd:string']],
    ['a,b\n2026-01-01T00:00:00Z,2026-01-01\n', ['a:datetime', 'b:string']],
    ['a,b\ntrue,TRUE\n', ['a:bool', 'b:string']],
    ['a,b\n1,""\n2,\n', ['a:long', 'b:string']],
    ['a,b\n"1","2"\n,3\n', ['a:long', 'b:long']],
    ['a\n9223372036854775807\n', ['a:long']],
    ['a\n9223372036854775808\n', ['a:string']],
    ['a,b\n1e999,0.12345678901234567890\n', ['a:string', 'b:string']],
    ['a\n9007199254740993\n1.5\n', ['a:string']],
    ['a,,a\r\n1,2,3', ['a:long', 'column2:long', 'a_2:long']],
    ['"a ""x""",b\n1,2\n', ['a "x":long', 'b:long']],
    ['a,b\n', ['a:string', 'b:string']],
    ['', []],
  ])('%j', (text, expected) => {
    expect(types(text)).toEqual(expected);
  });

  it.each([
    ['a,b\n1,2\n1\n', 3, 'the header has 2 fields, this record has 1'],
    ['a,b\n"x\ny",2\n1,2,3\n', 4, 'this record has 3'],
    ['a,b\n1,"x\n\n', 2, 'never closed'],
    ['a,b\n1,"x"y\n', 2, 'behind a closing quote'],
    ['a,b\n1,x\ry\n', 2, 'carriage return'],
  ])('%j is refused at line %i', (text, line, message) => {
    expect(scan(text)).toEqual({ line, message: expect.stringContaining(message) });
  });

  it('tells what the engine must know', () => {
    expect(scan('a,b\r\n1,"x\ny"\n\n')).toMatchObject({
      rows: 1,
      multiline: true,
      mixedLineEnds: true,
      longestRecord: 8,
    });
    expect(scan('7,b\n1,2\n')).toMatchObject({ suspiciousNames: ['7'] });
  });

  it('does not depend on how the bytes arrive', () => {
    const field = fc.constantFrom('1', '2.5', '"x,\r\ny"', '""', '', 'é', '"a ""b"""', 'true');
    const row = fc.array(field, { minLength: 1, maxLength: 3 }).map((fields) => fields.join(','));
    fc.assert(
      fc.property(fc.array(row), fc.constantFrom('\n', '\r\n'), fc.integer({ min: 1, max: 7 }), (rows, end, pieces) => {
        const text = ['a,b', ...rows].join(end);
        expect(scan(text, pieces)).toEqual(scan(text));
      }),
    );
  });

  it('finds the separator of a .csv', () => {
    expect([csvDelimiter('a;b'), csvDelimiter('a,b;c'), csvDelimiter('"a,b";c'), csvDelimiter('a')]).toEqual(
      [',', ',', ';', ','].with(0, ';'),
    );
  });
});
