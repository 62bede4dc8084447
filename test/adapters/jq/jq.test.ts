import { describe, expect, test } from 'vitest';
import { loadJq } from '../../../src/adapters/jq/index.js';
import { jqOutput } from '../../../src/adapters/jq/output.js';
import { isOpsError, type OpsError } from '../../../src/base/errors.js';

const never = { signal: new AbortController().signal };

/** Everything that came, and what was thrown after it. */
const applied = async (expression: string, input: string): Promise<{ text: string; fault?: OpsError }> => {
  const program = await loadJq(expression, never);
  let text = '';
  try {
    for await (const part of program.run(input)) text += part;
  } catch (fault) {
    if (isOpsError(fault)) return { text, fault };
    throw fault;
  }
  return { text };
};

describe('jq', () => {
  test.each([
    ['strings raw, with their blanks and newlines', '.m', '{"m":"  a\\nb "}\n', '  a\nb \n'],
    ['other values compact', '.', '{"b":[1, 2],\n "a":{}}\n', '{"b":[1,2],"a":{}}\n'],
    ['an empty string is an empty line', '.m, 1', '{"m":""}\n', '\n1\n'],
    [
      'numbers it only moves keep their digits',
      '.a, .b',
      '{"a":9223372036854775807,"b":0.12345678901234567890}\n',
      '9223372036854775807\n0.12345678901234567890\n',
    ],
    ['each input alone', '.n + 1', '{"n":1}\n{"n":2}\n', '2\n3\n'],
    ['nothing', 'empty', '1\n2\n', ''],
    ['a program that starts with a minus', '-.n', '{"n":1}\n', '-1\n'],
    ['talk on stderr is no fault', 'debug', '1\n', '1\n'],
  ])('prints %s', async (_, expression, input, text) => {
    expect(await applied(expression, input)).toEqual({ text });
  });

  test.each([
    ['.a |', 'unexpected end of the program', 1, 4],
    ['.a | foo(1)', 'foo/1 is not defined', 1, 6],
    ['.a\n| $y', '$y is not defined', 2, 3],
    ['"é€😀" | foo', 'foo/0 is not defined', 1, 10],
    ['.a}', 'a character that means nothing here', 1, 3],
  ])('points at the mistake in %j', async (expression, message, line, column) => {
    await expect(loadJq(expression, never)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
      at: { line, column },
      source: expression,
    });
  });

  test.each(['', '  ', '# nothing'])('refuses the empty program %j', async (expression) => {
    await expect(loadJq(expression, never)).rejects.toMatchObject({ code: 'usage' });
  });

  test('shows what came before a value that does not fit, and nothing after it', async () => {
    const { text, fault } = await applied('.n + 1, .n', '{"n":1}\n{"n":"x"}\n{"n":3}\n');
    expect(text).toBe('2\n1\n');
    expect(fault).toMatchObject({ code: 'invalid_data', message: expect.stringContaining('cannot be added') });
  });

  test.each(['input', '[inputs]', 'halt', '"x" | halt_error', '@foo'])(
    '%s is a mistake of the program',
    async (expression) => {
      expect((await applied(expression, '1\n2\n')).fault).toMatchObject({ code: 'usage' });
    },
  );

  test('takes a batch of rows in one call', async () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => `{"n":${n}}`);
    const { text } = await applied('.n', `${rows.join('\n')}\n`);
    expect(text.split('\n').slice(-3)).toEqual(['19998', '19999', '']);
  });

  test('shows a long output up to the failing input, every line once and whole', async () => {
    const { text, fault } = await applied('if . == 2 then error("no") else range(300000) end', '1\n2\n3\n');
    expect(fault).toMatchObject({ code: 'invalid_data' });
    const lines = text.split('\n');
    expect([lines.length, lines.findIndex((line, n) => line !== String(n))]).toEqual([300_001, 300_000]);
  });

  test('gives the output of an endless program while it runs, and ends it when nobody reads on', async () => {
    const program = await loadJq('range(infinite)', never);
    let text = '';
    for await (const part of program.run('1\n')) {
      text += part;
      if (text.length > 1_500_000) break;
    }
    expect(text.startsWith('0\n1\n2\n')).toBe(true);
    const { value } = await program.run('1\n')[Symbol.asyncIterator]().next();
    expect(String(value).startsWith('0\n1\n')).toBe(true);
  });

  test('is ended by the signal in the middle of a program that gives nothing', async () => {
    const controller = new AbortController();
    const program = await loadJq('last(repeat(1))', { signal: controller.signal });
    const reading = program.run('1\n')[Symbol.asyncIterator]().next();
    const reason = new Error('enough');
    setImmediate(() => controller.abort(reason));
    await expect(reading).rejects.toBe(reason);
    await expect(program.run('1\n')[Symbol.asyncIterator]().next()).rejects.toBe(reason);
  });

  test('refuses to grow without end', async () => {
    const { text, fault } = await applied('def f: f + 1; f', '1\n');
    expect([text, fault?.code]).toEqual(['', 'limit_exceeded']);
  });
});

test('a single value has an end, many small ones have none', () => {
  const sent: number[] = [];
  const output = jqOutput((text) => sent.push(text.length));
  const line = Buffer.from(`${'1'.repeat(2 ** 20)}\n`);
  for (let n = 0; n < 200; n++) expect(output.add(line)).toBe(true);
  expect(sent).toEqual(Array(200).fill(line.length));
  const piece = line.subarray(0, 2 ** 20);
  const fits = Array.from({ length: 130 }, () => output.add(piece));
  expect(fits.indexOf(false)).toBe(127);
});
