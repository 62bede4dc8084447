import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rfc3339Instant } from '../../../../src/base/time.js';
import { textKind } from '../../../../src/core/query/files/text-kind.js';
import { kind } from '../../../../src/core/query/index.js';

describe('kind of a text', () => {
  it.each([
    ['1', kind.int],
    ['-9223372036854775808', kind.int | kind.bigInt],
    ['9007199254740993', kind.int | kind.bigInt],
    ['1.5e-7', kind.fraction],
    ['1e-5', kind.fraction],
    ['1e999', kind.text],
    ['9223372036854775808', kind.text],
    ['0.12345678901234567890', kind.text],
    ['true', kind.bool],
    ['2026-02-28T00:00:00.123456789+05:30', kind.timestamp],
    ['2024-02-29T00:00:00Z', kind.timestamp],
    ['0001-01-01T00:00:00Z', kind.timestamp],
    ['0001-01-01T00:00:00+02:00', kind.text],
    ['0000-06-01T00:00:00Z', kind.text],
    ['9999-12-31T23:59:59-01:00', kind.text],
    ['2026-02-29T00:00:00Z', kind.text],
    ['2026-04-31T00:00:00Z', kind.text],
    ['2026-01-01T24:00:00Z', kind.text],
    ['2026-01-01T00:00:00', kind.text],
    ['', kind.text],
    ['007', kind.text],
    ['+1', kind.text],
    ['-0', kind.text],
    ['1.', kind.text],
    ['NaN', kind.text],
    ['True', kind.text],
  ])('%s', (text, expected) => {
    expect(textKind(text)).toBe(expected);
  });

  it('knows every number that JSON writes, and every instant', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        (n, at) => {
          expect(textKind(String(n)) & kind.int).toBe(kind.int);
          expect(textKind(at.toISOString())).toBe(kind.timestamp);
          expect(rfc3339Instant(at.toISOString())).toEqual(at);
        },
      ),
    );
  });
});
