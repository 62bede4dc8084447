import { describe, expect, test } from 'vitest';
import type { ListView } from '../../src/render/index.js';
import { capture, closingStream, rowsOf } from './capture.js';

const document = { name: 'checkout', plan: { scan: 3, steps: [{ what: 'read' }] }, note: null };
const view = { lines: () => [] };

describe('fields of one document', () => {
  test.each(['name', 'plan.scan', 'plan.steps', 'plan.steps.0.what', 'plan.steps.7.what', 'note', 'note.text'])(
    '%s may be asked for and sorted by',
    async (field) => {
      const { out } = capture({ fields: [field], sort: `-${field}` });
      await expect(out.print(document, view)).resolves.toBeUndefined();
    },
  );

  test.each([
    ['zz', 'name, plan, note'],
    ['plan.zz', 'plan.scan, plan.steps'],
    ['plan.scan.zz', 'no fields below plan.scan'],
    ['plan.steps.what', 'no fields below plan.steps'],
  ])('%s is unknown in --fields as in --sort, with jq too', async (field, hint) => {
    const jq = async () => ({ run: async function* () {} });
    for (const asked of [{ fields: [field] }, { sort: field }, { fields: [field], jq }, { sort: field, jq }])
      await expect(capture(asked).out.print(document, view)).rejects.toMatchObject({
        code: 'usage',
        message: expect.stringContaining(`unknown field "${field}"`),
        hint: expect.stringContaining(hint),
      });
  });

  test('a known field to sort by changes nothing', async () => {
    const { out, printed } = capture({ sort: '-name' });
    await out.print({ b: 1, name: 'x' }, view);
    expect(await printed()).toBe('{"b":1,"name":"x"}\n');
  });
});

describe('nested fields of rows', () => {
  const types = { n: 'long', nest: 'dynamic' } as const;
  const rows = ['{"n":2,"nest":{"a":null}}', '{"n":1,"nest":{"b":1}}'];

  test.each([
    [{ fields: ['n', 'nest.zz'] }, ['warning: --fields: nothing that is shown has "nest.zz": it is null everywhere']],
    [{ sort: 'nest.zz' }, ['warning: --sort: nothing that is shown has "nest.zz": the order stays']],
    [{ fields: ['nest.a', 'nest.b'], sort: 'nest.b' }, []],
    [{ fields: ['n', 'nest'] }, []],
  ])('%j: warns of what no row has', async (asked, warnings) => {
    for (const format of ['ndjson', 'csv', 'table'] as const) {
      const { out, said } = capture({ ...asked, format });
      await out.rows(rowsOf(types, rows));
      expect(said).toEqual(warnings);
    }
  });

  test('says nothing where there were no rows', async () => {
    const { out, said } = capture({ fields: ['nest.zz'] });
    await out.rows(rowsOf(types, []));
    expect(said).toEqual([]);
  });

  test('warns of items in a list too, and refuses an unknown first name', async () => {
    const items: ListView<object> = { noun: 'items', columns: [], name: () => '' };
    const { out, said } = capture({ fields: ['nest.zz'] });
    await out.list([{ nest: { a: 1 } }], items);
    expect(said).toEqual(['warning: --fields: nothing that is shown has "nest.zz": it is null everywhere']);
    await expect(capture({ fields: ['zz.nest'] }).out.list([{ nest: {} }], items)).rejects.toMatchObject({ exit: 2 });
  });
});

describe('colour of JSON', () => {
  const row = String.raw`{"a":"x\"y\\","n":-1.5e3,"t":true,"nil":null,"l":["k: ",{}]}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
  const plain = (text: string): string => text.replace(/\u001b\[\d+m/g, '');

  test.each(['json', 'ndjson'] as const)('%s only on explicit wish, and then of the same text', async (format) => {
    const types = { a: 'string' } as const;
    const [bare, coloured] = [capture({ format, colour: true }), capture({ format, colourJson: true })];
    await bare.out.rows(rowsOf(types, [row]));
    await coloured.out.rows(rowsOf(types, [row]));
    const text = await coloured.printed();
    expect(await bare.printed()).toBe(plain(text));
    expect(text).toContain(String.raw`[36m"a"[39m:[32m"x\"y\\"[39m`.replaceAll('\\u001b', '\u001b'));
    expect(text).toContain('\u001b[33m-1.5e3\u001b[39m');
    expect(text).toContain('\u001b[2mnull\u001b[22m');
    expect(text).toContain('\u001b[32m"k: "\u001b[39m');
  });

  test.each(['csv', 'yaml', 'tsv'] as const)('%s never', async (format) => {
    const { out, printed } = capture({ format, colourJson: true });
    await out.rows(rowsOf({ a: 'string' }, [row]));
    expect(await printed()).not.toContain('\u001b');
  });

  test('of one document and of a list', async () => {
    for (const answer of ['print', 'list'] as const) {
      const { out, printed } = capture({ colourJson: true });
      if (answer === 'print') await out.print(document, view);
      else await out.list([document], { noun: 'items', columns: [], name: () => '' });
      const text = await printed();
      expect([text.includes('\u001b[36m'), plain(text)]).toEqual([true, `${JSON.stringify(document)}\n`]);
    }
  });
});

test('a jq program without end is not read on once the reader of stdout has gone', async () => {
  const { stream } = closingStream(100_000);
  let given = 0;
  const run = async function* () {
    for (;;) {
      given++;
      yield 'x'.repeat(50_000);
    }
  };
  const { out } = capture({ stdout: () => stream, jq: async () => ({ run }) });
  await out.print(document, view);
  expect([out.closed, given < 20]).toEqual([true, true]);
});
