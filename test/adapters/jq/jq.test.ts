import { describe, expect, test } from 'vitest';
import { loadJq } from '../../../src/adapters/jq/index.js';

const applied = async (expression: string, input: string) => (await loadJq(expression)).apply(input);

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
    await expect(loadJq(expression)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
      at: { line, column },
      source: expression,
    });
  });

  test.each(['', '  ', '# nothing'])('refuses the empty program %j', async (expression) => {
    await expect(loadJq(expression)).rejects.toMatchObject({ code: 'usage' });
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
});
