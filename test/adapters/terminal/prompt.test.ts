import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { confirmOnTerminal } from '../../../src/adapters/terminal/prompt.js';
import { OpsError } from '../../../src/base/errors.js';

const consent = { context: 'local', protected: false, yes: false, confirm: undefined, noInput: false };
const question = { what: 'delete table "logs"', consequence: '3 rows are lost.' };

const ask = async (
  typed: string | undefined,
  more: { readonly name?: string; readonly yes?: boolean; readonly signal?: AbortSignal } = {},
) => {
  const stdin = new PassThrough();
  const stderr = new PassThrough();
  const { name, yes = false, signal = new AbortController().signal } = more;
  const asked = confirmOnTerminal(name === undefined ? question : { ...question, name }, {
    stdin,
    stderr,
    signal,
    consent: { ...consent, yes },
  });
  if (typed !== undefined) stdin.end(typed);
  const outcome = await asked.then(
    () => 'done',
    (error: OpsError) => error.code,
  );
  return { outcome, shown: String(stderr.read() ?? '') };
};

describe('asking', () => {
  test.each([
    ['y\n', 'done'],
    ['yes\r\n', 'done'],
    ['\n', 'declined'],
    ['n\n', 'declined'],
    ['', 'declined'],
    ['y', 'done'],
  ])('%j is %s', async (typed, expected) => {
    const { outcome, shown } = await ask(typed);
    expect(outcome).toBe(expected);
    expect(shown).toContain('Delete table "logs" (context local)? 3 rows are lost.\nGo on? [y/N] ');
  });

  test.each([
    ['logs\n', 'done'],
    ['y\n', 'declined'],
  ])('%j to a name is %s', async (typed, expected) => {
    const { outcome, shown } = await ask(typed, { name: 'logs' });
    expect(outcome).toBe(expected);
    expect(shown).toContain('Type logs to go on: ');
  });

  test('--yes asks nothing', async () => {
    expect(await ask(undefined, { yes: true })).toEqual({ outcome: 'done', shown: '' });
  });

  test('an interruption ends the question with its reason', async () => {
    const controller = new AbortController();
    const asked = ask(undefined, { signal: controller.signal });
    controller.abort(new OpsError('interrupted', 'interrupted'));
    expect((await asked).outcome).toBe('interrupted');
  });
});
