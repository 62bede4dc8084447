import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvScanner, type InvalidLine, withoutBadRecords } from '../../../../src/core/query/index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text).map((byte) => (byte === 126 ? 0xff : byte)); // ~ stands for a byte that is no UTF-8

/** Parts as `UserFiles` hands them out: the memory of one is used again for the next. */
async function* inParts(all: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  const buffer = new Uint8Array(size);
  for (let at = 0; at < all.length; at += size) {
    const part = all.subarray(at, at + size);
    buffer.set(part);
    yield buffer.subarray(0, part.length);
  }
}

const split = async (
  text: string,
  { format = 'csv', size = 1_000 }: { format?: 'csv' | 'tsv'; size?: number } = {},
) => {
  const invalid: InvalidLine[] = [];
  const good: Uint8Array[] = [];
  const onInvalid = async (lines: readonly InvalidLine[]) => void invalid.push(...lines);
  for await (const part of withoutBadRecords(inParts(bytes(text), size), { format, onInvalid, isUtf8 }))
    good.push(part);
  return {
    good: Buffer.concat(good).toString(),
    bad: invalid.map(({ line, column, message }) => `${line}:${column} ${message}`),
    raw: invalid.map((each) => Buffer.from(each.bytes).toString('latin1')),
  };
};

describe('CSV without its bad records', () => {
  test.each([
    ['too many and too few fields', 'a,b\n1,2\n1,2,3\n4\n5,6\n', 'a,b\n1,2\n5,6\n', [3, 4], ['1,2,3', '4']],
    ['text behind a quote', 'a,b\n"x"y,2\n3,4\n', 'a,b\n3,4\n', [2], ['"x"y,2']],
    ['a quote that is never closed', 'a,b\n"open,2\n3,4\n', 'a,b\n3,4\n', [2], ['"open,2']],
    ['a quote that closes in a later record', 'a,b\n"open,2\n3,4\n"x",5\n', 'a,b\n3,4\n"x",5\n', [2], ['"open,2']],
    ['a ragged record of two lines', 'a,b\r\n"x\r\ny",2,3\r\n4,5', 'a,b\r\n4,5', [2], ['"x\r\ny",2,3']],
    ['a carriage return amid a field', 'a,b\nx\ry,2\n3,4\n', 'a,b\n3,4\n', [2], ['x\ry,2']],
    ['what is not UTF-8', 'a,b\n1,ü\nx,~\n2,ü\n', 'a,b\n1,ü\n2,ü\n', [3], ['x,\xff']],
    ['lines are counted through fields that span some', 'a,b\n"\n\n",1\n\n7\n', 'a,b\n"\n\n",1\n\n', [6], ['7']],
    ['semicolons', 'a;b\n1;2\n1;2;3\n', 'a;b\n1;2\n', [3], ['1;2;3']],
    ['a byte-order mark before a header in quotes', '\ufeff"a",b\n1\n1,2\n', '"a",b\n1,2\n', [2], ['1']],
  ])('%s', async (_, text, good, lines, raw) => {
    for (const size of [1, 3, 1_000]) {
      const found = await split(text, { size });
      expect({ ...found, bad: found.bad.map((each) => Number.parseInt(each, 10)) }).toEqual({ good, bad: lines, raw });
    }
  });

  test('each is told with its place and the reason', async () => {
    expect((await split('a,b\n1,2,3\n1,"x"y\n')).bad).toEqual([
      '2:1 the header has 2 fields, this record has 3',
      '3:6 text directly behind a closing quote',
    ]);
  });

  test('tabs separate where the format says so', async () => {
    expect(await split('a\tb\n1,5\t2\n1\t2\t3\n', { format: 'tsv' })).toMatchObject({
      good: 'a\tb\n1,5\t2\n',
      raw: ['1\t2\t3'],
    });
  });

  test.each(['"a,b\n1,2\n', 'a,~\n1\n2,3\n', 'a"b,"c"d\n1\n', '', 'a,b\n'])(
    'a header that cannot be read stays, with all that follows: %j',
    async (text) => {
      const { good, bad } = await split(text, { size: 4 });
      expect([good, bad]).toEqual([Buffer.from(bytes(text)).toString(), []]);
    },
  );

  test('what is left can be read; a good file stays as it is', async () => {
    const field = fc.constantFrom('1', 'x y', '"q"', '"a ""b"""', '"two\nlines"', '', '"odd', '"odd"x', 'ü', '\r');
    const record = fc.array(field, { minLength: 1, maxLength: 3 }).map((fields) => fields.join(','));
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 8 }), fc.integer({ min: 1, max: 9 }), async (records, size) => {
        const text = `a,b\n${records.join('\n')}\n`;
        const { good, bad } = await split(text, { size });
        const faultOf = (csv: string) => {
          const scanner = csvScanner(',');
          return scanner.push(bytes(csv)) ?? scanner.end();
        };
        expect(faultOf(good)).toBeUndefined();
        if (faultOf(text) === undefined) expect([good, bad]).toEqual([text, []]);
        else expect(bad.length).toBeGreaterThan(0);
      }),
    );
  });
});
