import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kind, type ScanResult, scanNdjson } from '../../../../src/core/query/index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const scanOf = (text: string) => {
  const result = scanNdjson(bytes(text));
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.fault)}`);
  return result.scan;
};
const faultOf = (body: string | Uint8Array) => {
  const result: ScanResult = scanNdjson(typeof body === 'string' ? bytes(body) : body);
  if (result.ok) throw new Error('accepted');
  return `${result.fault.at.line}:${result.fault.at.column} ${result.fault.message}`;
};
const kindsOf = (value: string): number => scanOf(`{"a":${value}}`).keys[0]?.kinds ?? -1;

describe('kinds', () => {
  const wide = kind.int | kind.beyond32 | kind.bigInt;
  test.each([
    ['null', kind.null],
    ['true', kind.bool],
    ['false', kind.bool],
    ['0', kind.int],
    ['-0', kind.int],
    ['2147483647', kind.int],
    ['2147483648', kind.int | kind.beyond32],
    ['-2147483648', kind.int],
    ['-2147483649', kind.int | kind.beyond32],
    ['9007199254740992', kind.int | kind.beyond32],
    ['-9007199254740992', kind.int | kind.beyond32],
    ['9007199254740993', wide],
    ['9223372036854775807', wide],
    ['9223372036854775808', kind.fraction],
    ['-9223372036854775808', wide],
    ['-9223372036854775809', kind.fraction],
    ['10000000000000000000', kind.fraction],
    ['1.5', kind.fraction],
    ['1e5', kind.fraction],
    ['-0.0E-10', kind.fraction],
    ['""', kind.text],
    ['-62135596800', kind.int | kind.beyond32],
    ['-62135596801', kind.int | kind.beyond32 | kind.farEpoch],
    ['-99999999999', kind.int | kind.beyond32 | kind.farEpoch],
    ['-100000000000', kind.int | kind.beyond32],
    ['-62135596800001', kind.int | kind.beyond32 | kind.farEpoch],
    ['-62135596800000001', kind.int | kind.beyond32 | kind.bigInt | kind.farEpoch],
    ['62135596800001', kind.int | kind.beyond32],
    ['{}', kind.nested],
    ['[1,[2,{"b":null}]]', kind.nested],
  ])('%s', (value, kinds) => {
    expect(kindsOf(value)).toBe(kinds);
  });

  test.each([
    ['2026-01-01T00:00:00Z', true],
    ['2026-01-01T00:00:00.1Z', true],
    ['2026-01-01T00:00:00.123456789012Z', true],
    ['2026-01-01T23:59:59+05:30', true],
    ['2024-02-29T00:00:00-00:00', true],
    ['2000-02-29T00:00:00Z', true],
    ['2100-02-29T00:00:00Z', false],
    ['2026-02-30T00:00:00Z', false],
    ['2026-13-01T00:00:00Z', false],
    ['2026-00-01T00:00:00Z', false],
    ['2026-01-00T00:00:00Z', false],
    ['2026-01-01T24:00:00Z', false],
    ['2026-01-01T00:60:00Z', false],
    ['2026-12-31T23:59:60Z', false],
    ['2026-01-01t00:00:00z', false],
    ['2026-01-01 00:00:00Z', false],
    ['2026-01-01T00:00:00', false],
    ['2026-01-01T00:00:00.Z', false],
    ['2026-01-01T00:00:00+0530', false],
    ['2026-01-01T00:00:00+24:00', false],
    ['2026-01-01T00:00:00Zx', false],
    ['x026-01-01T00:00:00Z', false],
    ['2026-01-01T', false],
    ['0001-01-01T00:00:00Z', true],
    ['0001-01-01T00:00:00+00:01', false],
    ['0001-01-01T02:00:00.5+02:00', true],
    ['0001-01-02T00:00:00+23:59', true],
    ['0000-12-31T23:59:59Z', false],
    ['0000-12-31T23:00:00-01:00', true],
    ['0000-12-31T22:59:59-01:00', false],
    ['0000-12-30T23:59:59-23:59', false],
    ['0000-06-01T00:00:00Z', false],
    ['9999-12-31T23:59:59.999999999Z', true],
    ['9999-12-31T23:59:59-00:01', false],
    ['9999-12-31T22:59:59-01:00', true],
    ['9999-12-31T23:00:00-01:00', false],
    ['9999-12-30T23:59:59-23:59', true],
    ['9999-12-31T23:59:59+01:00', true],
  ])('"%s" is a timestamp: %s', (text, expected) => {
    expect(kindsOf(JSON.stringify(text))).toBe(expected ? kind.timestamp : kind.text);
  });

  test('the first line of each kind is kept', () => {
    const [key] = scanOf('{"a":null}\n\n{"a":1}\n{"a":"x"}\n{"a":2}\n').keys;
    expect(key?.firstLine[0]).toBe(1);
    expect(key?.firstLine[2]).toBe(3);
    expect(key?.firstLine[5]).toBe(4);
    expect(key?.firstLine[1]).toBeUndefined();
  });
});

describe('lines', () => {
  test.each([
    ['', 0, 0],
    ['\n \r\n\t\n', 0, 3],
    ['{}', 1, 1],
    ['{"a":1}\r\n\r\n{"a":2}\r\n', 2, 3],
    ['\ufeff{"a":1}\n{"b":2}', 2, 2],
    [' { "a" : [ 1 , { "b" : "c" } ] , "d" : null } \n', 1, 1],
  ])('%j has %i rows on %i lines', (body, rows, lines) => {
    expect(scanOf(body)).toMatchObject({ rows, lines, needsRewrite: false });
  });

  test('a line of 20 MiB passes', () => {
    const scan = scanOf(`{"a":1}\n{"a":"${'x'.repeat(20 << 20)}"}`);
    expect(scan).toMatchObject({ rows: 2, longestLine: (20 << 20) + 9 });
  });

  test.each([
    ['[', ']'],
    ['{"b":', '}'],
  ])('%s nests 1,000 deep and up to 1,024', (open, close) => {
    const nested = (depth: number) => `{"a":${open.repeat(depth)}${open === '[' ? '' : '1'}${close.repeat(depth)}}`;
    expect(scanOf(nested(1_000)).rows).toBe(1);
    expect(scanOf(nested(1_023)).rows).toBe(1);
    expect(faultOf(nested(1_024))).toMatch(/nested deeper than 1024 levels/);
    expect(faultOf(nested(100_000))).toMatch(/nested deeper than 1024 levels/);
  });

  test('keys that repeat or differ only in case ask for a rewrite, escapes resolved', () => {
    expect(scanOf('{"a":1,"a":2}').needsRewrite).toBe(true);
    expect(scanOf('{"a":1,"\\u0061":2}').needsRewrite).toBe(true);
    expect(scanOf('{"a":1}\n{"A":2}').needsRewrite).toBe(true);
    expect(scanOf('{"a":1}\n{"\\u0061":2}').needsRewrite).toBe(false);
    expect(scanOf('{"Ä":1,"ä":2}').needsRewrite).toBe(false);
    expect(scanOf('{"a":1}\n{"A":"x"}').keys).toHaveLength(1);
  });

  test('10,000 keys pass, one more does not', () => {
    const row = (from: number, to: number) =>
      `{${Array.from({ length: to - from }, (_, k) => `"k${from + k}":1`).join(',')}}`;
    expect(scanOf(`${row(0, 6_000)}\n${row(4_000, 10_000)}`).keys).toHaveLength(10_000);
    expect(faultOf(`${row(0, 10_000)}\n{"k1":1,"new":2}`)).toBe('2:10 more than 10,000 different keys');
  });
});

describe('faults', () => {
  test.each([
    ['[1]', '1:1 a line must hold one JSON object, found an array'],
    ['"x"', '1:1 a line must hold one JSON object, found a string'],
    ['12', '1:1 a line must hold one JSON object, found a number'],
    ['null', '1:1 a line must hold one JSON object, found null'],
    ['level=info', '1:1 a line must hold one JSON object, found level'],
    ['{"a":1} {"b":2}', "1:9 a line must hold one JSON object, found '{' after it"],
    ['{"a":1},', "1:8 a line must hold one JSON object, found ',' after it"],
    ['{"level" 1}', "1:10 expected ':' after key \"level\", found '1'"],
    ['{"a":1,}', "1:8 expected a key in double quotes after ',', found '}'"],
    ["{'a':1}", "1:2 expected a key in double quotes or '}', found '''"],
    ['{"a":}', '1:6 expected a value of key "a", found \'}\''],
    ['{"a":NaN}', '1:6 expected a value of key "a", found NaN'],
    ['{"a":True}', '1:6 expected a value of key "a", found True'],
    ['{"a":nulL}', '1:6 expected a value of key "a", found nulL'],
    ['{"a":truex}', "1:10 expected ',' or '}' after the value of key \"a\", found 'x'"],
    ['{"a":01}', '1:6 a number may not start with 0 and more digits'],
    ['{"a":1.}', "1:8 expected a digit after '.', found '}'"],
    ['{"a":-}', "1:7 expected a digit after '-', found '}'"],
    ['{"a":1e+}', "1:9 expected a digit in the exponent, found '}'"],
    ['{"a":+1}', '1:6 expected a value of key "a", found +1'],
    ['{"a":[1,]}', "1:9 expected a value after ',', found ']'"],
    ['{"a":[1 2]}', "1:9 expected ',' or ']' after a value of the array, found '2'"],
    ['{"a":"x', '1:6 unterminated string: the line ends before its closing quote'],
    ['{"a":"x\ty"}', '1:8 the control character U+0009 must be escaped in a string'],
    ['{"a":"\\x41"}', '1:7 \\x is no escape of JSON: a backslash itself is written \\\\'],
    ['{"a":"\\u12g4"}', '1:7 \\u must be followed by four hexadecimal digits'],
    ['{"a":"\\ud800x"}', '1:7 \\ud800 is half a surrogate pair without its other half'],
    ['{"a":{"b":"\\udc00"}}', '1:12 \\udc00 is half a surrogate pair without its other half'],
    ['{"":1}', '1:3 a key may not be empty'],
    ['{"a\\u0000":1}', '1:3 a key may not contain the character U+0000'],
    [`{"${'ä'.repeat(65)}":1}`, '1:3 a key may have at most 128 bytes, this one has 130'],
    [
      '{"a":1}\n\n{"a":\n1}\n',
      '3:6 expected a value of key "a", but the line ends: a line must hold one whole JSON object',
    ],
    ['{"a":1}\n\ufeff{"a":2}', '2:1 a byte-order mark may only stand at the very start'],
  ])('%j is refused: %s', (body, message) => {
    expect(faultOf(body)).toBe(message);
  });

  test('a byte that is not UTF-8 is named, unless an earlier line is wrong', () => {
    const bad = (text: string) => bytes(text).map((byte) => (byte === 126 ? 0xff : byte));
    expect(faultOf(bad('{"a":1}\n{"a":"x~"}\n'))).toBe('2:8 the line is not UTF-8: byte 0xff does not belong here');
    expect(faultOf(bad('{"a":1]\n{"a":"x~"}\n'))).toMatch(/^1:7 expected ','/);
  });

  test('keys of exactly 128 bytes pass', () => {
    expect(scanOf(`{"${'ä'.repeat(64)}":1}`).rows).toBe(1);
  });
});

// What the scanner refuses although JSON.parse takes it: stated rules of ours.
const surrogatePair = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}/g;

/** Written as an escape, and not half of a pair; an escaped backslash before `u` is no escape of a character. */
const hasLoneSurrogate = (text: string): boolean =>
  /\\u[dD][89a-fA-F]/.test(text.replaceAll('\\\\', '').replace(surrogatePair, ''));

const isOwnRule = (text: string): boolean =>
  Object.keys(JSON.parse(text)).some((key) => key === '' || key.includes('\0') || bytes(key).length > 128) ||
  hasLoneSurrogate(text);

const isObjectLine = (line: string): boolean => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

const row = fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), fc.jsonValue({ maxDepth: 4 }));

describe('against JSON.parse', () => {
  test('accepts exactly the objects, however a line is mutated', () => {
    const edit = fc.tuple(fc.nat(200), fc.constantFrom(...'{}[]:,"\\0123456789.eE+-truefalsn \tu', ''), fc.boolean());
    fc.assert(
      fc.property(row, fc.array(edit, { maxLength: 3 }), (value, edits) => {
        let line = JSON.stringify(value);
        for (const [at, text, replaces] of edits) {
          const place = at % (line.length + 1);
          line = line.slice(0, place) + text + line.slice(replaces ? place + 1 : place);
        }
        const valid = isObjectLine(line) && !isOwnRule(line);
        const result = scanNdjson(bytes(`{"ok":1}\n${line}\n`));
        expect(result.ok || line.trim() === '').toBe(valid || line.trim() === '');
        if (result.ok) return;
        expect(result.fault.at.line).toBe(2);
        expect(result.fault.message).not.toContain('the line ends after it'); // the explainer found nothing wrong
      }),
      { numRuns: 3_000 },
    );
  });

  test('kinds agree with the parsed values', () => {
    const kindsOfValue = (value: unknown): number => {
      if (value === null) return kind.null;
      if (typeof value === 'boolean') return kind.bool;
      if (typeof value === 'string') return kind.text | kind.timestamp;
      return typeof value === 'number' ? kind.int | kind.fraction : kind.nested;
    };
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
        const result = scanNdjson(bytes(rows.map((value) => JSON.stringify(value)).join('\n')));
        expect(result.ok).toBe(!rows.some((value) => isOwnRule(JSON.stringify(value))));
        if (!result.ok) return;
        for (const [key, value] of rows.flatMap((each) => Object.entries(each))) {
          const found = result.scan.keys.find((each) => each.key.toLowerCase() === key.toLowerCase());
          expect((found?.kinds ?? 0) & kindsOfValue(value)).not.toBe(0);
        }
      }),
    );
  });

  test('the built-in UTF-8 check agrees with the platform', () => {
    const piece = fc.constantFrom(
      [0x61],
      [0xc3, 0xa4],
      [0xe2, 0x82, 0xac],
      [0xf0, 0x9f, 0x98, 0x80],
      [0xed, 0xa0, 0x80],
    );
    const byte = fc.integer({ min: 0x7f, max: 0xff }).map((value) => [value]);
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, byte), { maxLength: 6 }), (parts) => {
        const inside = Uint8Array.from(parts.flat());
        const body = Uint8Array.from([...bytes('{"a":"'), ...inside, ...bytes('"}')]);
        expect(scanNdjson(body).ok).toBe(isUtf8(body));
        expect(scanNdjson(body, { isUtf8 }).ok).toBe(isUtf8(body));
      }),
      { numRuns: 2_000 },
    );
  });
});
