import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalBatch, foldKey, kind, rewriteNdjson, scanNdjson } from '../../../../src/core/query/index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const rewritten = (body: string, existing: string[] = []): string =>
  new TextDecoder().decode(rewriteNdjson(bytes(body), { start: body.startsWith('\ufeff') ? 3 : 0 }, existing));

describe('rewriting', () => {
  test.each([
    ['{"a":1,"a":2}', '{"a":2}\n'],
    ['{"a":1,"b":3,"\\u0061":null}\n', '{"a":null,"b":3}\n'],
    ['{"Level":1}\n{"level":2,"LEVEL":3}', '{"Level":1}\n{"Level":3}\n'],
    ['{"a": 1.50 , "b" : [ 1, {"x":"}"} ] }', '{"a":1.50,"b":[ 1, {"x":"}"} ]}\n'],
    ['\ufeff{}\r\n\r\n{"a":"\\n\\""}', '{}\n\n{"a":"\\n\\""}\n'],
  ])('%j becomes %j', (body, expected) => {
    expect(rewritten(body)).toBe(expected);
  });

  test('the spelling of the table wins', () => {
    expect(rewritten('{"LEVEL":1}', ['level'])).toBe('{"level":1}\n');
  });

  test('rows keep their values and places; no key repeats', () => {
    const member = fc.tuple(fc.constantFrom('a', 'A', 'b', 'ä', 'q"'), fc.jsonValue({ maxDepth: 2 }));
    fc.assert(
      fc.property(fc.array(fc.array(member, { maxLength: 5 }), { maxLength: 4 }), (rows) => {
        const line = (row: [string, unknown][]) =>
          `{${row.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
        const body = rows.map(line).join('\n');
        if (!scanNdjson(bytes(body)).ok) return; // lone surrogates
        const after = rewritten(body);
        const again = scanNdjson(bytes(after));
        expect(again).toMatchObject({ ok: true, scan: { rows: rows.length, needsRewrite: false } });
        const fold = (row: [string, unknown][]) => Object.fromEntries(row.map(([key, value]) => [foldKey(key), value]));
        const read = after.split('\n').filter(Boolean);
        for (const [index, row] of rows.entries()) {
          const members: [string, unknown][] = Object.entries(JSON.parse(read[index] ?? ''));
          expect(fold(members)).toEqual(fold(JSON.parse(JSON.stringify(row))));
        }
      }),
    );
  });

  test('values that lost to a later one do not count, and line numbers stay', () => {
    const body = bytes('{}\n{"a":"x","a":1}\n\n{"A":2.5}');
    const scan = scanNdjson(body);
    if (!scan.ok) throw new Error(scan.fault.message);
    const { scan: clean } = canonicalBatch({ body, scan: scan.scan });
    expect(clean.keys).toHaveLength(1);
    expect(clean.keys[0]?.kinds).toBe(kind.int | kind.fraction);
    expect(clean.keys[0]?.firstLine[3]).toBe(4);
  });
});
