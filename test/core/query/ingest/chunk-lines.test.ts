import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChunkLimits, chunkLines } from '../../../../src/core/query/index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function* pieces(body: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
}

const chunksOf = async (body: Uint8Array, size: number, limits: ChunkLimits) => {
  const chunks: (readonly [string, number])[] = [];
  for await (const { body: chunk, firstLine } of chunkLines(pieces(body, size), limits))
    chunks.push([new TextDecoder('utf-8', { ignoreBOM: true }).decode(chunk), firstLine]);
  return chunks;
};

describe('chunks', () => {
  test.each([
    [
      'rows',
      '1\n2\n3\n',
      { maxRows: 2 },
      [
        ['1\n2\n', 1],
        ['3\n', 3],
      ],
    ],
    [
      'bytes',
      'aa\nbb\ncc',
      { maxBytes: 6 },
      [
        ['aa\nbb\n', 1],
        ['cc', 3],
      ],
    ],
    ['a last line that just fits', 'aa\nbbb', { maxBytes: 6 }, [['aa\nbbb', 1]]],
    [
      'a long line of its own',
      'a\nbbbbbbbbbbbbbbb\nc\n',
      { maxBytes: 4 },
      [
        ['a\n', 1],
        ['bbbbbbbbbbbbbbb\n', 2],
        ['c\n', 3],
      ],
    ],
    [
      'blank lines count as well',
      '\n1\n\r\n2\n3',
      { maxRows: 2 },
      [
        ['\n1\n', 1],
        ['\r\n2\n', 3],
        ['3', 5],
      ],
    ],
    ['nothing but blank lines', '\n\n\n', {}, []],
    ['blank chunks are left out', '\n\n\n\n1\n', { maxBytes: 3 }, [['\n1\n', 4]]],
    ['a byte-order mark only at the start', '\ufeff1\n\ufeff2', {}, [['1\n\ufeff2', 1]]],
    ['an empty source', '', {}, []],
    ['a byte-order mark alone', '\ufeff', {}, []],
  ] as const)('%s', async (_, text, limits, expected) => {
    for (const size of [1, 2, 3, 5, 1_000]) expect(await chunksOf(bytes(text), size, limits)).toEqual(expected);
  });

  test('a line over the limit is named', async () => {
    const body = bytes(`1\n2\n${'x'.repeat(2_000)}\n`);
    await expect(chunksOf(body, 100, { maxBytes: 100, maxLineBytes: 1_000 })).rejects.toMatchObject({
      code: 'invalid_data',
      at: { line: 3 },
    });
    expect(await chunksOf(body, 100, { maxBytes: 100, maxLineBytes: 2_001 })).toHaveLength(2);
  });

  test('nothing is lost, no line is split, and the cuts do not depend on how the source is read', async () => {
    const line = fc.oneof(fc.constant(''), fc.string({ maxLength: 30, unit: fc.constantFrom('a', 'ä', '\r') }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 30 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 40 }),
        async (lines, maxBytes, maxRows, size) => {
          const body = bytes(lines.join('\n'));
          const limits = { maxBytes, maxRows };
          const chunks = await chunksOf(body, size, limits);
          expect(chunks).toEqual(await chunksOf(body, 7, limits));
          for (const [text, firstLine] of chunks) {
            const held = text.replace(/\n$/, '').split('\n');
            expect(held).toEqual(lines.slice(firstLine - 1, firstLine - 1 + held.length));
            expect(bytes(text).length <= maxBytes || held.length === 1).toBe(true);
            expect(held.filter((each) => each.replaceAll('\r', '') !== '').length).toBeLessThanOrEqual(maxRows);
          }
          const rows = (all: readonly string[]) => all.filter((each) => each.replaceAll('\r', '') !== '');
          expect(rows(chunks.flatMap(([text]) => text.split('\n')))).toEqual(rows(lines));
        },
      ),
    );
  });
});
