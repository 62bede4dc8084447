import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ColumnType, planBatch, scanNdjson, splitMisfits } from '../../../../src/core/query/index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (body: Uint8Array): string => new TextDecoder().decode(body);

describe('parting lines that fit a column from those that do not', () => {
  test('each misfit is told with its place, its reason and its bytes; the others keep their numbers', () => {
    const body = bytes('{"n":1}\n{"m":0,"N":"x"}\r\n\n{"n":null}\n{"n":[1]}\n{"n":"x","n":2}\n{"m":"x"}\n{"n":1.5}');
    const { body: good, invalid } = splitMisfits(body, { name: 'n', type: 'long' }, 101);
    expect(text(good)).toBe('{"n":1}\n\n\n{"n":null}\n\n{"n":"x","n":2}\n{"m":"x"}\n');
    expect(invalid.map(({ line, column, message, bytes: raw }) => [line, column, message, text(raw)])).toEqual([
      [102, 12, 'column "n" is long: text does not fit', '{"m":0,"N":"x"}'],
      [105, 6, 'column "n" is long: an object or array does not fit', '{"n":[1]}'],
      [
        108,
        6,
        'column "n" is long: a number with a fraction, an exponent or more than 64 bit does not fit',
        '{"n":1.5}',
      ],
    ]);
  });

  test('a body that fits comes back as it is', () => {
    const body = bytes('\ufeff{"n":1}\n');
    expect(splitMisfits(body, { name: 'n', type: 'int' }).body).toBe(body);
  });

  test('what is left is taken by the plan, and no line is left out that would be taken alone', () => {
    const value = fc.constantFrom(
      ...['true', '1', '3000000000', '-70000000000', '9223372036854775808', '1.5', '"x"', '"2026-01-01T00:00:00Z"'],
      ...['"0000-06-01T00:00:00Z"', '{}', '[1]', 'null'],
    );
    const type = fc.constantFrom<ColumnType>('bool', 'int', 'long', 'real', 'datetime', 'string', 'dynamic');
    fc.assert(
      fc.property(type, fc.array(value, { maxLength: 8 }), (columnType, values) => {
        const lines = values.map((each) => `{"n":${each}}\n`);
        const fits = (body: Uint8Array): boolean => {
          const scan = scanNdjson(body);
          if (!scan.ok) throw new Error(scan.fault.message);
          const existing = [{ name: 'n', type: columnType, declared: true }];
          return planBatch({ existing, scan: scan.scan, evolve: true, timeColumn: undefined }).ok;
        };
        const { body, invalid } = splitMisfits(bytes(lines.join('')), { name: 'n', type: columnType });
        expect(fits(body)).toBe(true);
        const alone = lines.flatMap((line, index) => (fits(bytes(line)) ? [] : [index + 1]));
        expect(invalid.map(({ line }) => line)).toEqual(alone);
      }),
    );
  });
});
