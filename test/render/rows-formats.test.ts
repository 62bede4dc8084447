import { describe, expect, test } from 'vitest';
import type { Format } from '../../src/render/index.js';
import { capture, rowsOf } from './capture.js';

/** Everything that a format could get wrong, in one row, and a plain one. */
const types = { n: 'long', text: 'string', nested: 'dynamic', none: 'string', nan: 'real', ok: 'bool' } as const;
const lines = [
  String.raw`{"n":9223372036854775807,"text":"say \"hi\", a\nb|c\t😀","nested":{"2":[1.10],"1":null},"none":null,"nan":null,"ok":true}`,
  '{"n":-1,"text":"","nested":[],"none":"x","nan":0.5,"ok":false}',
];

const expected: Readonly<Record<Format, string>> = {
  table: `                  N  TEXT                  NESTED                 NONE   NAN  OK
9223372036854775807  say "hi", a\\nb|c\\t😀  {"2":[1.10],"1":null}  null  null  true
                 -1                        []                     x      0.5  false
`,
  wide: '',
  json: `[${lines[0]},\n${lines[1]}]\n`,
  ndjson: `${lines[0]}\n${lines[1]}\n`,
  yaml: `- n: 9223372036854775807
  text: |-
    say "hi", a
    b|c\t😀
  nested:
    "2":
      - "1.10"
    "1": null
  none: null
  nan: null
  ok: true
- n: -1
  text: ""
  nested: []
  none: x
  nan: 0.5
  ok: false
`,
  csv: `n,text,nested,none,nan,ok\r
9223372036854775807,"say ""hi"", a\nb|c\t😀","{""2"":[1.10],""1"":null}",,,true\r
-1,,[],x,0.5,false\r
`,
  tsv: `n\ttext\tnested\tnone\tnan\tok
9223372036854775807\tsay "hi", a\\nb|c\\t😀\t{"2":[1.10],"1":null}\t\t\ttrue
-1\t\t[]\tx\t0.5\tfalse
`,
  md: `| n | text | nested | none | nan | ok |
| ---: | --- | --- | --- | ---: | --- |
| 9223372036854775807 | say "hi", a<br>b\\|c\\t😀 | {"2":[1.10],"1":null} |  |  | true |
| -1 |  | [] | x | 0.5 | false |
`,
  name: '9223372036854775807\n-1\n',
};

describe('query rows', () => {
  test.each(['json', 'ndjson', 'yaml', 'csv', 'tsv', 'md', 'name', 'table'] as const)('as %s', async (format) => {
    const { out, printed } = capture({ format, colour: format !== 'table' });
    expect(await out.rows(rowsOf(types, lines))).toBe(2);
    expect(await printed()).toBe(expected[format]);
  });

  test.each([
    ['table', ''],
    ['wide', ''],
    ['json', '[]\n'],
    ['ndjson', ''],
    ['yaml', '[]\n'],
    ['csv', 'n,text\r\n'],
    ['tsv', 'n\ttext\n'],
    ['md', '| n | text |\n| ---: | --- |\n'],
    ['name', ''],
  ] as const)('none of them as %s', async (format, text) => {
    const { out, said, printed } = capture({ format });
    expect(await out.rows(rowsOf({ n: 'long', text: 'string' }, []))).toBe(0);
    expect(await printed()).toBe(text);
    expect(said).toEqual(format === 'table' || format === 'wide' ? ['No rows found.'] : []);
  });

  test.each(['json', 'ndjson', 'yaml', 'csv', 'tsv', 'md', 'name'] as const)(
    'no escape byte of ours in %s',
    async (format) => {
      const { out, printed } = capture({ format, colour: true, isTerminal: true, width: 80 });
      await out.rows(rowsOf(types, lines));
      expect(await printed()).not.toContain('\u001b');
    },
  );

  test('are NDJSON on a pipe and a table on a terminal', async () => {
    const pipe = capture();
    await pipe.out.rows(rowsOf({ n: 'long' }, ['{"n":1}']));
    expect(await pipe.printed()).toBe('{"n":1}\n');
    const terminal = capture({ isTerminal: true, width: 80 });
    await terminal.out.rows(rowsOf({ n: 'long' }, ['{"n":1}']));
    expect(await terminal.printed()).toBe('N\n1\n');
  });

  test('--no-header leaves the head out of tables, CSV and TSV', async () => {
    for (const [format, text] of [
      ['table', '1\n'],
      ['csv', '1\r\n'],
      ['tsv', '1\n'],
    ] as const) {
      const { out, printed } = capture({ format, header: false });
      await out.rows(rowsOf({ n: 'long' }, ['{"n":1}']));
      expect(await printed()).toBe(text);
    }
  });

  test('--fields projects, also into nested values, in every format', async () => {
    for (const [format, text] of [
      ['ndjson', '{"nested.2":[1.10],"n":9223372036854775807}\n{"nested.2":null,"n":-1}\n'],
      ['csv', 'nested.2,n\r\n[1.10],9223372036854775807\r\n,-1\r\n'],
      ['table', 'NESTED.2                    N\n[1.10]    9223372036854775807\nnull                       -1\n'],
    ] as const) {
      const { out, printed } = capture({ format, fields: ['nested.2', 'n'] });
      await out.rows(rowsOf(types, lines));
      expect(await printed()).toBe(text);
    }
  });

  test.each([{ fields: ['txt'] }, { sort: '-txt' }])(
    'an unknown field is refused with the valid ones: %j',
    async (wrong) => {
      const { out, printed } = capture(wrong);
      await expect(out.rows(rowsOf(types, lines))).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining('"txt"'),
        hint: 'did you mean `text`? valid fields: n, text, nested, none, nan, ok',
      });
      expect(await printed()).toBe('');
    },
  );

  test('--sort is stable, exact beyond 2^53, nulls last either way', async () => {
    const rows = [
      '{"n":9223372036854775806,"i":1}',
      '{"n":null,"i":2}',
      '{"n":9223372036854775807,"i":3}',
      '{"n":5,"i":4}',
      '{"n":5,"i":5}',
    ];
    for (const [sort, order] of [
      ['n', '4,5,1,3,2'],
      ['-n', '3,1,4,5,2'],
    ] as const) {
      const { out, printed } = capture({ format: 'csv', sort, fields: ['i'], header: false });
      await out.rows(rowsOf({ n: 'long', i: 'int' }, rows));
      expect((await printed()).trim().split('\r\n').join(',')).toBe(order);
    }
  });
});

test.each<[Format, string]>([
  ['csv', ''],
  ['tsv', ''],
  ['md', ''],
  ['table', ''],
  ['name', ''],
  ['ndjson', '{}\n{}\n'],
  ['json', '[{},\n{}]\n'],
  ['yaml', '- {}\n- {}\n'],
])('rows without columns as %s', async (format, text) => {
  const { out, printed } = capture({ format });
  await out.rows(rowsOf({}, ['{}', '{}']));
  expect(await printed()).toBe(text);
});
