import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { hiddenLine } from '../../../src/adapters/terminal/hidden-prompt.js';
import { OpsError } from '../../../src/base/errors.js';

/** A terminal that notes its modes. */
const terminal = ({ isTTY = true }: { readonly isTTY?: boolean } = {}) => {
  const modes: boolean[] = [];
  const stdin: NodeJS.ReadStream = Object.assign(Object(new PassThrough()), {
    isTTY,
    isRaw: false,
    setRawMode: (raw: boolean) => void modes.push(raw),
  });
  const stderr = new PassThrough();
  const controller = new AbortController();
  const ask = (noInput = false): Promise<string> =>
    hiddenLine('Password: ', { stdin, stderr, signal: controller.signal, noInput });
  const type = (keys: string | Buffer): void => void Object(stdin).write(keys);
  return { ask, type, modes, controller, stdin, shown: () => String(stderr.read() ?? '') };
};

test.each([
  ['a line', 'secret\r', 'secret'],
  ['nothing', '\r', ''],
  ['blanks are part of it', ' a b \n', ' a b '],
  ['Backspace takes one character, also one of two units', 'abc\u007f\u{1f600}\u0008d\r', 'abd'],
  ['Ctrl-U takes all', 'wrong\u0015right\r', 'right'],
  ['arrows and the like are nothing', 'a\u001b[D\u001b[1;5Cb\u001bOPc\r', 'abc'],
  ['Ctrl-D within a line is nothing', 'ab\u0004c\r', 'abc'],
])('%s', async (_, keys, secret) => {
  const { ask, type, modes, shown } = terminal();
  const asked = ask();
  type(keys);
  expect(await asked).toBe(secret);
  expect([modes, shown()]).toEqual([[true, false], 'Password: \n']);
});

test('a character may come in two parts', async () => {
  const { ask, type } = terminal();
  const asked = ask();
  const bytes = Buffer.from('é\r');
  type(bytes.subarray(0, 1));
  type(bytes.subarray(1));
  expect(await asked).toBe('é');
});

test('what was pasted ahead answers the next question', async () => {
  const { ask, type } = terminal();
  const asked = ask();
  type('one\r\ntwo\r');
  expect([await asked, await ask()]).toEqual(['one', 'two']);
});

test.each([
  ['Ctrl-C', 'ab\u0003', 'interrupted'],
  ['Ctrl-D', '\u0004', 'declined'],
])('%s ends it, and the terminal is put back', async (_, keys, code) => {
  const { ask, type, modes } = terminal();
  const asked = ask();
  type(keys);
  await expect(asked).rejects.toMatchObject({ code });
  expect(modes).toEqual([true, false]);
});

test('a terminal that goes away has said no', async () => {
  const { ask, stdin, modes } = terminal();
  const asked = ask();
  Object(stdin).end();
  await expect(asked).rejects.toMatchObject({ code: 'declined' });
  expect(modes).toEqual([true, false]);
});

test('an interruption from elsewhere ends it with its reason', async () => {
  const { ask, controller, modes } = terminal();
  const asked = ask();
  controller.abort(new OpsError('timeout', 'too late'));
  await expect(asked).rejects.toMatchObject({ code: 'timeout' });
  expect(modes).toEqual([true, false]);
});

test.each([
  ['where nothing may be asked', true, true],
  ['where there is no terminal', false, false],
])('%s it is a matter of usage', async (_, isTTY, noInput) => {
  const { ask, modes, shown } = terminal({ isTTY });
  await expect(ask(noInput)).rejects.toMatchObject({ code: 'usage' });
  expect([modes, shown()]).toEqual([[], '']);
});
