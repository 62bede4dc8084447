import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OpsError } from '../../src/base/errors.js';
import { ExactNumber, parseExactJson, stringifyJson } from '../../src/base/exact-json.js';

/** JSON texts whose compact form is the text itself: any digits, any key order. */
const digits = fc.stringMatching(/^(0|[1-9][0-9]{0,30})$/);
const numberText = fc
  .tuple(
    fc.constantFrom('', '-'),
    digits,
    fc.option(fc.stringMatching(/^[0-9]{1,25}$/)),
    fc.option(fc.stringMatching(/^[eE][+-]?[0-9]{1,3}$/)),
  )
  .map(([sign, whole, fraction, exponent]) => `${sign}${whole}${fraction ? `.${fraction}` : ''}${exponent ?? ''}`);
const stringText = fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text));
const keyText = fc.oneof(
  stringText,
  fc.nat(20).map((n) => `"${n}"`),
  fc.constant('"__proto__"'),
);
const { value: jsonText } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('null', 'true', 'false', '{}', '[]'),
    numberText,
    stringText,
    fc.array(tie('value'), { minLength: 1, maxLength: 4 }).map((items) => `[${items.join(',')}]`),
    fc
      .uniqueArray(fc.tuple(keyText, tie('value')), { minLength: 1, maxLength: 5, selector: ([key]) => key })
      .map((pairs) => `{${pairs.map(([key, value]) => `${key}:${value}`).join(',')}}`),
  ),
}));

describe('exact JSON', () => {
  test('keeps every digit and the order of keys', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        expect(stringifyJson(parseExactJson(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test('means what JSON.parse means, pretty or not', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(stringifyJson(parseExactJson(text), 2))).toEqual(JSON.parse(text));
        expect(stringifyJson(value, 2)).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  test('refuses exactly what JSON.parse refuses', () => {
    const broken = fc
      .tuple(jsonText, fc.nat(), fc.constantFrom('', '"', '{', ']', ',', ':', '0', '\\', '\n', 'x', '.'))
      .map(([text, at, put]) => text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + 1));
    const accepts = (read: () => unknown): boolean => {
      try {
        read();
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(broken, (text) => {
        expect(accepts(() => parseExactJson(text))).toBe(accepts(() => JSON.parse(text)));
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', 9007199254740993n],
    ['-9223372036854775808', -9223372036854775808n],
    ['1.5', 1.5],
    ['1.50', new ExactNumber('1.50')],
    ['-0', new ExactNumber('-0')],
    ['1e400', new ExactNumber('1e400')],
  ])('%s is read as what prints back', (text, value) => {
    expect(parseExactJson(text)).toEqual(value);
  });

  test('of duplicate keys the last wins, in the place of the first', () => {
    expect(stringifyJson(parseExactJson('{"b":1,"a":2,"b":3}'))).toBe('{"b":3,"a":2}');
  });

  test('writes plain data: no undefined, no NaN, dates and bigints exact', () => {
    const value = { at: new Date(0), n: 2n ** 63n, gone: undefined, nan: Number.NaN, list: [undefined, -Infinity] };
    expect(stringifyJson(value)).toBe(
      '{"at":"1970-01-01T00:00:00.000Z","n":9223372036854775808,"nan":null,"list":[null,null]}',
    );
  });

  test('reads a string of 5 MB with escapes and nesting of 1,000', () => {
    const long = JSON.stringify('a\\"\n'.repeat(1_000_000));
    expect(stringifyJson(parseExactJson(long))).toBe(long);
    const deep = '['.repeat(1_000) + ']'.repeat(1_000);
    expect(stringifyJson(parseExactJson(deep))).toBe(deep);
  });

  test.each([
    ['a comma at the end', '{"a":1,}', 1, 8],
    ['an array without its end', '[1\n,\n 2', 3, 3],
    ['a control character', '"a\u0001"', 1, 1],
    ['half a word', 'tru', 1, 1],
    ['nesting without end', '['.repeat(100_000), 1, 2_502],
  ])('points at %s', (_, text, line, column) => {
    try {
      parseExactJson(text);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(OpsError);
      expect(error).toMatchObject({ code: 'invalid_data', at: { line, column } });
    }
  });
});
