import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scanNdjson, splitInvalid } from '../../../../src/core/query/index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text).map((byte) => (byte === 126 ? 0xff : byte)); // ~ stands for a byte that is no UTF-8
const text = (body: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(body);

describe('parting good lines from bad ones', () => {
  test('every bad line is told with its place and its bytes, the good ones keep their numbers', () => {
    const body = bytes('{"a":1}\n{"a":}\r\n{"a":"~"}\n\n[1]\n{"a":2}\n{"a"');
    const { body: good, invalid } = splitInvalid(body, 101);
    expect(text(good)).toBe('{"a":1}\n\n\n\n\n{"a":2}\n');
    expect(invalid.map(({ line, column, bytes: raw }) => [line, column, text(raw)])).toEqual([
      [102, 6, '{"a":}'],
      [103, 7, '{"a":"\ufffd"}'],
      [105, 1, '[1]'],
      [107, 5, '{"a"'],
    ]);
    expect(invalid[1]?.bytes[6]).toBe(0xff);
    expect(invalid[0]?.message).toBe('expected a value of key "a", found \'}\'');
  });

  test('a good body comes back as it is', () => {
    const body = bytes('\ufeff{"a":1}\r\n');
    expect(splitInvalid(body)).toEqual({ body, invalid: [] });
    expect(splitInvalid(body).body).toBe(body);
  });

  test('what is left scans clean; the bad lines are those that fail alone', () => {
    const line = fc.constantFrom('{"a":1}', '{}', '', '{"a":}', '{"b":"~"}', '~', '[', '{"c":{"d":[]}}', '"', ' ');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.boolean(), (lines, endsInNewline) => {
        const body = bytes(lines.join('\n') + (endsInNewline ? '\n' : ''));
        const { body: good, invalid } = splitInvalid(body);
        const bad = lines.flatMap((each, index) => (scanNdjson(bytes(each)).ok ? [] : [index + 1]));
        expect(invalid.map((each) => each.line)).toEqual(bad);
        const rows = lines.filter((each, index) => each.trim() !== '' && !bad.includes(index + 1)).length;
        expect(scanNdjson(good)).toMatchObject({ ok: true, scan: { rows } });
      }),
    );
  });
});
