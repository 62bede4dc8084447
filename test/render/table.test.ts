import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ListView, ThingView } from '../../src/render/index.js';
import { displayWidth, pad, printable, shorten } from '../../src/render/measure.js';
import { capture } from './capture.js';

interface Probe {
  readonly id: string;
  readonly target: string;
  readonly status: 'up' | 'down';
  readonly note: string;
}

const probes: readonly Probe[] = [
  { id: '0190-aa', target: 'https://shop.example.com/health', status: 'up', note: 'checked from two places' },
  { id: '0190-bb', target: '注文サービス', status: 'down', note: 'refused\u001b[2J\nagain' },
];

const view: ListView<Probe> = {
  noun: 'probes',
  name: ({ id }) => id,
  columns: [
    { head: 'ID', cell: ({ id }) => id, id: true },
    { head: 'TARGET', cell: ({ target }) => target },
    {
      head: 'STATUS',
      cell: ({ status }) => status,
      tone: ({ status }) => (status === 'up' ? 'good' : 'bad'),
      shrink: 0,
    },
    { head: 'NOTE', cell: ({ note }) => note, shrink: 5 },
    { head: 'SIZE', cell: () => '12', align: 'right', wide: true },
  ],
};

const table = async (options: Parameters<typeof capture>[0]): Promise<string> => {
  const { out, printed } = capture({ isTerminal: true, ...options });
  await out.list(probes, view);
  return printed();
};

describe('tables', () => {
  test('at 80 cells the least important column gives way, wide characters count twice', async () => {
    expect(await table({ width: 80 })).toBe(
      [
        'ID       TARGET                           STATUS  NOTE',
        '0190-aa  https://shop.example.com/health  up      checked from two places',
        '0190-bb  注文サービス                     down    refused\\x1b[2J\\nagain',
        '',
      ].join('\n'),
    );
    expect(await table({ width: 66 })).toContain('up      checked from tw…\n');
  });

  test('at 40 cells the others give too, ids never', async () => {
    expect(await table({ width: 40 })).toBe(
      [
        'ID       TARGET         STATUS  NOTE',
        '0190-aa  https://shop…  up      checked…',
        '0190-bb  注文サービス   down    refused…',
        '',
      ].join('\n'),
    );
    expect(await table({ width: 10 })).toContain('0190-aa');
  });

  test('wide shortens nothing and shows more columns', async () => {
    expect(await table({ width: 40, format: 'wide' })).toBe(
      [
        'ID       TARGET                           STATUS  NOTE                     SIZE',
        '0190-aa  https://shop.example.com/health  up      checked from two places    12',
        '0190-bb  注文サービス                     down    refused\\x1b[2J\\nagain      12',
        '',
      ].join('\n'),
    );
  });

  test('colour changes no character of the text', async () => {
    const coloured = await table({ width: 80, colour: true });
    expect(coloured).toContain('\u001b[31mdown  \u001b[39m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly the codes that colour is made of
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(await table({ width: 80 }));
  });

  test('nothing to list is said on stderr', async () => {
    const { out, said, printed } = capture({ isTerminal: true, width: 80 });
    expect(await out.list([], view)).toBe(0);
    expect([await printed(), said]).toEqual(['', ['No probes found.']]);
  });

  test('shortened text fits, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.integer({ min: 1, max: 30 }), (raw, width) => {
        const text = printable(raw);
        const short = shorten(text, width);
        expect(displayWidth(short)).toBeLessThanOrEqual(width);
        if (displayWidth(text) <= width) expect(short).toBe(text);
        expect(displayWidth(pad(short, width))).toBe(width);
      }),
    );
  });

  test.each([
    ['\u001b[31mred\u0007', '\\x1b[31mred\\x07'],
    ['tab\there\r\n', 'tab\\there\\r\\n'],
    ['left\u202eright\u2066', 'left\\u202eright\\u2066'],
    ['\u0085\u009b', '\\x85\\x9b'],
    ['👩‍👩‍👧 naïve', '👩‍👩‍👧 naïve'],
  ])('%j is shown as %s', (raw, shown) => {
    expect(printable(raw)).toBe(shown);
  });
});

describe('lists', () => {
  test.each([
    ['json', `[${JSON.stringify(probes[0])},\n${JSON.stringify(probes[1])}]\n`],
    ['ndjson', `${JSON.stringify(probes[0])}\n${JSON.stringify(probes[1])}\n`],
    ['name', '0190-aa\n0190-bb\n'],
    [
      'csv',
      'id,target,status,note\r\n0190-aa,https://shop.example.com/health,up,checked from two places\r\n0190-bb,注文サービス,down,"refused\u001b[2J\nagain"\r\n',
    ],
    [
      'md',
      '| ID | TARGET | STATUS | NOTE |\n| --- | --- | --- | --- |\n| 0190-aa | https://shop.example.com/health | up | checked from two places |\n| 0190-bb | 注文サービス | down | refused\\x1b[2J<br>again |\n',
    ],
  ] as const)('as %s on a pipe', async (format, text) => {
    const { out, printed } = capture({ format });
    await out.list(probes, view);
    expect(await printed()).toBe(text);
  });

  test('json is indented for a terminal', async () => {
    const { out, printed } = capture({ format: 'json', isTerminal: true });
    await out.list(probes, view);
    expect(await printed()).toBe(`${JSON.stringify(probes, null, 2)}\n`);
  });

  test('sort, limit and fields work on items', async () => {
    const { out, printed } = capture({ sort: '-id', limit: 1, fields: ['status', 'id'] });
    expect(await out.list(probes, view)).toBe(1);
    expect(await printed()).toBe('{"status":"down","id":"0190-bb"}\n');
    await expect(capture({ fields: ['stat'] }).out.list(probes, view)).rejects.toMatchObject({ code: 'usage' });
  });

  test('jq gets a list as one document', async () => {
    const seen: string[] = [];
    async function* run(text: string) {
      yield `${seen.push(text)}\n`;
    }
    const { out, printed } = capture({ jq: async () => ({ run }), limit: 1 });
    await out.list(probes, view);
    expect([seen, await printed()]).toEqual([[`[${JSON.stringify(probes[0])}]\n`], '1\n']);
  });

  test('a verdict reads every item, whatever is shown', async () => {
    for (const jq of [
      undefined,
      async () => ({
        run: async function* (text: string) {
          yield text;
        },
      }),
    ]) {
      let read = 0;
      async function* items() {
        for (const probe of probes) {
          read++;
          yield probe;
        }
      }
      const { out, printed } = capture({ limit: 1, fields: ['id'], jq });
      expect(await out.list(items(), { ...view, verdict: true })).toBe(1);
      expect(read).toBe(2);
      expect(await printed()).toContain('{"id":"0190-aa"}');
      expect(await printed()).not.toContain('0190-bb');
    }
  });

  test('a live list shows each item at once and refuses JSON', async () => {
    const { out, printed } = capture({ format: 'table' });
    const shown: number[] = [];
    async function* items() {
      for (const probe of probes) {
        yield probe;
        shown.push((await printed()).split('\n').length - 1);
      }
    }
    await out.list(items(), { ...view, live: true });
    expect(shown).toEqual([2, 3]);
    await expect(capture({ format: 'json' }).out.list([], { ...view, live: true })).rejects.toMatchObject({
      code: 'usage',
    });
  });
});

describe('one thing', () => {
  const thing = { name: 'nightly', runs: 2n ** 63n, last: null, tags: ['a', 'b'] };
  const thingView: ThingView<typeof thing> = {
    lines: ({ name, runs }) => [
      ['Name', name],
      ['Runs so far', `${runs}\nand \u0007 more`],
    ],
  };

  test.each([
    [{ isTerminal: true }, 'Name:         nightly\nRuns so far:  9223372036854775808\n              and \\x07 more\n'],
    [{}, '{"name":"nightly","runs":9223372036854775808,"last":null,"tags":["a","b"]}\n'],
    [{ format: 'csv' }, 'name,runs,last,tags\r\nnightly,9223372036854775808,,"[""a"",""b""]"\r\n'],
    [{ format: 'yaml', fields: ['runs', 'last'] }, 'runs: 9223372036854775808\nlast: null\n'],
    [{ format: 'md', fields: ['tags.0'] }, '| Field | Value |\n| --- | --- |\n| tags.0 | a |\n'],
    [{ isTerminal: true, fields: ['runs'] }, 'runs:  9223372036854775808\n'],
  ] as const)('with %j', async (options, text) => {
    const { out, printed } = capture(options);
    await out.print(thing, thingView);
    expect(await printed()).toBe(text);
  });

  test('without a name refuses -o name', async () => {
    await expect(capture({ format: 'name' }).out.print(thing, thingView)).rejects.toMatchObject({ code: 'usage' });
  });

  test('the same stream takes another format', async () => {
    const { out, printed } = capture();
    await out.as('yaml').print({ a: 1 }, { lines: () => [] });
    await out.text('done');
    expect(await printed()).toBe('a: 1\ndone\n');
  });
});
