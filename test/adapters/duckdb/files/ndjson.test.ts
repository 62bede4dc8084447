import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { faultOf, inputs, piped, rowsOf } from './harness.js';

const { write } = inputs();

const types = async (text: string): Promise<unknown> =>
  Object.fromEntries(
    (await rowsOf([`t=${write('types.ndjson', text)}`], 'DESCRIBE t')).map((row) => {
      const { column_name, column_type } = row as { column_name: string; column_type: string };
      return [column_name, column_type];
    }),
  );

describe('types of NDJSON columns', () => {
  it.each([
    ['{"a":1}\n{"a":2}', 'BIGINT'],
    ['{"a":1}\n{"a":1.5}', 'DOUBLE'],
    ['{"a":1}\n{"a":"12"}', 'VARCHAR'],
    ['{"a":true}\n{"a":null}', 'BOOLEAN'],
    ['{"a":true}\n{"a":1}', 'VARCHAR'],
    ['{"a":"2026-01-01T00:00:00Z"}\n{"a":"2026-01-01T00:00:00.1+02:00"}', 'TIMESTAMP WITH TIME ZONE'],
    ['{"a":"2026-01-01T00:00:00Z"}\n{"a":"2026-01-01T00:00:00"}', 'VARCHAR'],
    ['{"a":{"b":1}}', 'JSON'],
    ['{"a":1}\n{"a":[1]}', 'JSON'],
    ['{"a":123456789012345678901234567890}', 'DOUBLE'],
    ['{"a":9007199254740993}\n{"a":1.5}', 'VARCHAR'],
    ['{"a":null}', 'VARCHAR'],
  ])('%s is %s', async (text, type) => {
    expect(await types(text)).toEqual({ a: type });
  });
});

describe('values of NDJSON', () => {
  it.each([
    ['BOM, CRLF and blank lines', '\uFEFF{"a":1}\r\n\r\n  \r\n{"a":2}\r\n', [{ a: 1 }, { a: 2 }]],
    ['a repeated key: the last wins', '{"a":1,"a":2}\n', [{ a: 2 }]],
    ['keys that differ in case are one column', '{"Aa":1}\n{"aA":2}\n', [{ Aa: 1 }, { Aa: 2 }]],
    ['texts of mixed columns', '{"a":"x"}\n{"a":12}\n{"a":true}\n', [{ a: 'x' }, { a: '12' }, { a: 'true' }]],
    ['instants in UTC', '{"a":"2026-01-01T00:00:00.5+02:00"}\n', [{ a: '2025-12-31T22:00:00.5Z' }]],
    ['rows without keys', '{}\n{}\n', [{}, {}]],
    ['odd names', `{"we'ird \\"k":1,"é":2}\n`, [{ 'we\'ird "k': 1, é: 2 }]],
  ])('%s', async (_, text, rows) => {
    expect(await rowsOf([`t=${write('values.ndjson', text)}`], 'SELECT * FROM t')).toEqual(rows);
  });

  it.each(['', '\n\n'])('%j has no rows', async (text) => {
    expect(await rowsOf([`t=${write('empty.ndjson', text)}`], 'SELECT count(*) AS n FROM t')).toEqual([{ n: 0 }]);
  });

  it('keeps every digit inside of dynamic values', async () => {
    const file = write('digits.ndjson', '{"m":{"x":123456789012345678901234567890}}\n');
    expect(await rowsOf([`t=${file}`], "SELECT m->>'$.x' AS x FROM t")).toEqual([
      { x: '123456789012345678901234567890' },
    ]);
  });

  it('reads a thousand levels, and a line of 20 MB', async () => {
    const deep = `{"n":${'['.repeat(1000)}${']'.repeat(1000)}}\n`;
    expect(await rowsOf([`t=${write('deep.ndjson', deep)}`], 'SELECT length(n) AS n FROM t')).toEqual([{ n: 2000 }]);
    const long = `{"n":1}\n{"s":"${'x'.repeat(20_000_000)}"}\n`;
    expect(await rowsOf([`t=${write('long.ndjson', long)}`], 'SELECT max(length(s)) AS n FROM t')).toEqual([
      { n: 20_000_000 },
    ]);
  });

  it('reads arrays and objects that are spread over lines from .json', async () => {
    const list = write('list.json', '[\n {"a":1,\n "b":[1,\n2]},\n {"a":2}\n]\n');
    expect(await rowsOf([list], 'SELECT * FROM list')).toEqual([
      { a: 1, b: [1, 2] },
      { a: 2, b: null },
    ]);
  });

  it('unpacks gzip, and reads stdin in any pieces', async () => {
    const text = Array.from({ length: 1000 }, (_, n) => `{"n":${n}}\n`).join('');
    const file = write('packed.ndjson.gz', gzipSync(text));
    expect(await rowsOf([file], 'SELECT sum(n) AS s FROM packed')).toEqual([{ s: 499_500 }]);
    expect(await rowsOf(['-'], 'SELECT sum(n) AS s FROM stdin', { stdin: piped(text) })).toEqual([{ s: 499_500 }]);
  });
});

describe('zstd', () => {
  const packed = Buffer.from('KLUv/QRYgQAAeyJhIjoxfQp7ImEiOjJ9Cu7trPI=', 'base64');

  it('is unpacked by name', async () => {
    expect(await rowsOf([write('z.ndjson.zst', packed)], 'SELECT * FROM z')).toEqual([{ a: 1 }, { a: 2 }]);
  });

  it.each([
    ['half', packed.subarray(0, 14)],
    ['other', Buffer.from('hello, world')],
    ['a beginning of', Buffer.of(0x28)],
    ['no byte of', Buffer.alloc(0)],
  ])('says so of %s a file', async (name, bytes) => {
    const fault = await faultOf([`t=${write(`${name}.ndjson.zst`, bytes)}`], 'SELECT count(*) FROM t');
    expect(fault).toMatchObject({ code: 'invalid_data', message: expect.stringMatching(`${name}.ndjson.zst: .*zstd`) });
  });
});

describe('broken NDJSON', () => {
  it.each([
    ['{"a":1}\n{"a":,}\n', 'line 2, column 6'],
    ['{"a":1,}\n', 'line 1, column 8'],
    ['{"a":NaN}\n', 'line 1, column 6'],
    ['{"a":1}\n\n[1]\n', 'line 3, column 1'],
    [Buffer.from([...Buffer.from('{"a":1}\n{"a":"'), 0xff, 0x22, 0x7d]), 'line 2, column 7'],
  ])('%s names the file, the line and the column', async (text, place) => {
    const file = write('broken.ndjson', text);
    const fault = await faultOf([`t=${file}`], 'SELECT count(*) FROM t');
    expect(fault).toEqual({ code: 'invalid_data', exit: 9, message: expect.stringContaining(`${file}, ${place}`) });
  });

  it('names the place in the document, not in what was made of it', async () => {
    const file = write('broken.json', '[\n {"a":1},\n {"a":\n  tru}\n]\n');
    expect((await faultOf([file], 'SELECT * FROM broken')).message).toContain(`${file}, line 4, column 3`);
  });

  it.each([
    ['half', gzipSync(Buffer.from('{"a":1}\n'.repeat(9999))).subarray(0, 60), 'breaks off'],
    ['other', Buffer.from('hello'), 'no valid gzip data'],
    ['no byte of', Buffer.alloc(0), 'the file is empty'],
  ])('says so of %s a gzip', async (name, bytes, message) => {
    const file = write(`${name}.ndjson.gz`, bytes);
    expect(await faultOf([`t=${file}`], 'SELECT count(*) FROM t')).toMatchObject({
      code: 'invalid_data',
      message: expect.stringMatching(`${name}.ndjson.gz: .*${message}`),
    });
  });
});
