import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalBatch, foldKey, kind, rewriteNdjson, scanNdjson } from '../../../../src/core/query/index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const rewritten = (body: string, existing: string[] = []): string =>
  new TextDecoder().decode(rewriteNdjson(bytes(body), { start: body.startsWith('\ufeff') ? 3 : 0 }, existing));

const minified = (json: string): string => json.replaceAll(' ', '').replaceAll('\\u0061', 'a');

describe('rewriting', () => {
  test.each([
    ['{"a":1,"a":2}', '{"a":2}\n'],
    ['{"a":1,"b":3,"\\u0061":null}\n', '{"a":null,"b":3}\n'],
    ['{"Level":1}\n{"level":2,"LEVEL":3}', '{"Level":1}\n{"Level":3}\n'],
    ['{"a": 1.50 , "b" : [ 1, {"x":"}"} ] }', '{"a":1.50,"b":[ 1, {"x":"}"} ]}\n'],
    ['{"p":{"a":1,"b":[{"x":1 , "x":2}],"a":3},"q":0}', '{"p":{"b":[{"x":2}],"a":3},"q":0}\n'],
    ['{"p":[{"k":{"z":1,"z":2},"\\u006b":null}]}', '{"p":[{"\\u006b":null}]}\n'],
    ['{"p":{"" :1, "" :2,"a" :1,  "a":2}}', '{"p":{"" :2,"a":2}}\n'],
    ['{"p":{"a":1,"A":2,"b":{"a":3}}}', '{"p":{"a":1,"A":2,"b":{"a":3}}}\n'],
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

  // JSON text in which any object may repeat a key, also spelled with an escape.
  const { value: jsonText } = fc.letrec<{ value: string }>((tie) => {
    const key = fc.constantFrom('"a"', '"\\u0061"', '"b"', '"ab"', '""', '"q\\""');
    const member = fc.tuple(key, tie('value')).map(([name, value]) => `${name} :${value}`);
    const list = (item: fc.Arbitrary<string>) => fc.array(item, { maxLength: 4 }).map((items) => items.join(', '));
    return {
      value: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        fc.constantFrom('1', '"x"', 'null', '{}', '[]'),
        list(member).map((text) => `{${text}}`),
        list(tie('value')).map((text) => `[ ${text}]`),
      ),
    };
  });

  test('of keys that repeat in nested objects the last one wins, as for every JSON reader; the others stay as they are', () => {
    fc.assert(
      fc.property(fc.array(jsonText, { maxLength: 3 }), (values) => {
        const body = values.map((value) => `{"v":${value}}`).join('\n');
        const scan = scanNdjson(bytes(body));
        if (!scan.ok) throw new Error(scan.fault.message);
        const repeats = values.some((value) => minified(value) !== JSON.stringify(JSON.parse(value)));
        expect(scan.scan.needsRewrite || !repeats).toBe(true);
        const after = scan.scan.needsRewrite ? rewritten(body) : body;
        expect(scanNdjson(bytes(after))).toMatchObject({ ok: true, scan: { needsRewrite: false } });
        const read = after.split('\n').filter(Boolean);
        expect(read.map((line) => JSON.parse(line))).toEqual(values.map((value) => ({ v: JSON.parse(value) })));
      }),
    );
  });

  test.each([
    ['more keys than are watched one by one', Array.from({ length: 300 }, (_, n) => `"k${n}":${n}`)],
    ['many keys of one length', Array.from({ length: 200 }, (_, n) => `"${String(n).padStart(8, '0')}":${n}`)],
  ])('an object with %s is told apart from one that repeats a key', (_, members) => {
    const scanned = (text: string) => scanNdjson(bytes(`{"p":{${text}}}`));
    expect(scanned(members.join(','))).toMatchObject({ ok: true, scan: { needsRewrite: false } });
    expect(scanned([...members, members[150]].join(','))).toMatchObject({ ok: true, scan: { needsRewrite: true } });
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
