import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonSplitter } from '../../../../src/core/query/files/json-split.js';

const split = (text: string, pieces = 1_000_000): string => {
  const splitter = jsonSplitter();
  const all = new TextEncoder().encode(text);
  let out = '';
  const take = (block: { lines: Uint8Array } | undefined): void => {
    if (block) out += new TextDecoder().decode(block.lines);
  };
  for (let at = 0; at < all.length; at += pieces) take(splitter.push(all.slice(at, at + pieces)));
  take(splitter.end());
  return out;
};

describe('splitting a JSON document', () => {
  it.each([
    ['[{"a":1},\n {"a":2}]', '{"a":1}\n{"a":2}\n'],
    ['{\n"a": [1,\n2]}\n{"b":"]}\\""}', '{ "a": [1, 2]}\n{"b":"]}\\""}\n'],
    ['[]', ''],
    ['', ''],
    ['[{"a":1}, 5, {"b":2}]', '{"a":1}\n5\n{"b":2}\n'],
    ['[{"a":1}, {"b":', '{"a":1}\n{"b":\n'],
    ['[[1,2]]', '[1,2]\n'],
  ])('%j', (text, lines) => {
    expect(split(text)).toBe(lines);
  });

  it('brings back every array, however it arrives', () => {
    const document = fc.array(fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(document, fc.integer({ min: 1, max: 9 }), fc.constantFrom(undefined, 2), (rows, pieces, indent) => {
        const lines = split(JSON.stringify(rows, null, indent), pieces)
          .split('\n')
          .filter((line) => line !== '');
        expect(lines.map((line): unknown => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(rows)));
      }),
    );
  });

  it('knows where each column of each row stood', () => {
    const splitter = jsonSplitter();
    const first = splitter.push(new TextEncoder().encode('[\n  {"a":\n1},\n {"b"'));
    const second = splitter.push(new TextEncoder().encode(': x}]'));
    expect(first?.original(1, 1)).toEqual({ line: 2, column: 3 });
    expect(first?.original(1, 7)).toEqual({ line: 3, column: 1 });
    expect(second?.original(1, 1)).toEqual({ line: 4, column: 2 });
    expect(second?.original(1, 7)).toEqual({ line: 4, column: 8 });
  });
});
