import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { decodeYaml, encodeYaml } from '../../../src/adapters/yaml/index.js';
import { ExactNumber, parseExactJson, stringifyJson } from '../../../src/base/exact-json.js';

describe('encoding', () => {
  test.each([
    [9223372036854775807n, '9223372036854775807\n'],
    [new ExactNumber('1.10'), '1.10\n'],
    [new ExactNumber('0.12345678901234567890'), '0.12345678901234567890\n'],
    [{ a: new ExactNumber('1e400'), b: [12345678901234567890n] }, 'a: 1e400\nb:\n  - 12345678901234567890\n'],
    [{ a: Number.NaN, b: undefined, c: null }, 'a: null\nc: null\n'],
    [
      new Map([
        ['2', 1],
        ['1', 2],
      ]),
      '"2": 1\n"1": 2\n',
    ],
    [{ at: new Date('2026-03-01T12:00:00Z') }, 'at: "2026-03-01T12:00:00.000Z"\n'],
    [{ country: 'no', port: '0123', day: '2026-03-01' }, 'country: "no"\nport: "0123"\nday: "2026-03-01"\n'],
    [[], '[]\n'],
  ])('%o', (value, expected) => {
    expect(encodeYaml(value)).toBe(expected);
  });

  test('one object in two places is written twice', () => {
    const shared = { a: 1 };
    expect(encodeYaml([shared, shared])).toBe('- a: 1\n- a: 1\n');
  });

  test('what is encoded reads back the same, in YAML 1.2 and 1.1', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain: unknown = JSON.parse(JSON.stringify(value));
        const text = encodeYaml(plain);
        expect(JSON.parse(JSON.stringify(parse(text)))).toEqual(plain);
        expect(JSON.parse(JSON.stringify(parse(text, { version: '1.1' })))).toEqual(plain);
      }),
      { numRuns: 300 },
    );
  });

  test('every text reads back the same', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parse(encodeYaml({ text }))).toEqual({ text });
      }),
      { numRuns: 500 },
    );
  });
});

describe('decoding', () => {
  test.each([
    ['9223372036854775807', '9223372036854775807'],
    ['1.10', '1.10'],
    ['0x1F', '31'],
    ['.inf', 'null'],
    ['a: &x {b: 1}\nc: *x', '{"a":{"b":1},"c":{"b":1}}'],
    ['"2": a\n"1": b', '{"2":"a","1":"b"}'],
    ['', 'null'],
  ])('%j is %s', (text, json) => {
    expect(stringifyJson(decodeYaml(text))).toBe(json);
  });

  test('JSON means the same as YAML', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(stringifyJson(decodeYaml(json))).toBe(stringifyJson(parseExactJson(json)));
      }),
    );
  });

  test('a mistake is named by line and column', () => {
    expect(() => decodeYaml('a: 1\nb: [\n')).toThrowError(
      expect.objectContaining({ code: 'invalid_data', message: expect.stringContaining('line 3, column 1') }),
    );
  });
});
