import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CredentialSources, credentialOf, sessionFile } from '../../../src/adapters/remote/index.js';
import { failure } from './harness.js';

let home = '';
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'ops-credential-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const file = (name: string, text: string | Uint8Array): string => {
  const path = join(home, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

const until = (signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));

const sources = (given: Partial<CredentialSources> = {}): CredentialSources => ({
  tokenStdin: false,
  readStdin: async function* () {
    yield Buffer.from('of-std');
    yield Buffer.from('in\n');
  },
  flagFile: undefined,
  envToken: undefined,
  tokenFile: undefined,
  tokenCommand: undefined,
  sessionFile: undefined,
  env: process.env,
  cwd: home,
  wait: (_, signal) => until(signal),
  signal: new AbortController().signal,
  ...given,
});

test('the first source that is there is taken', async () => {
  const all: Partial<CredentialSources> = {
    tokenStdin: true,
    flagFile: file('flag', '  of-flag\r\n'),
    envToken: 'of-env',
    tokenFile: file('context', 'of-context\n'),
    tokenCommand: 'echo of-command',
    sessionFile: file('session', 'of-session\n'),
  };
  const order: (string | undefined)[] = [await credentialOf(sources(all))];
  const left: Partial<Record<string, unknown>> = { ...all };
  for (const key of ['tokenStdin', 'flagFile', 'envToken', 'tokenFile', 'tokenCommand', 'sessionFile']) {
    left[key] = key === 'tokenStdin' ? false : undefined;
    order.push(await credentialOf(sources(left)));
  }
  expect(order).toEqual(['of-stdin', 'of-flag', 'of-env', 'of-context', 'of-command', 'of-session', undefined]);
});

describe('what is no token is refused by its place, never by its text', () => {
  test.each([
    ['an empty file', '\n', 'is empty'],
    ['two lines', 'geheim\ngeheim2\n', 'more than one line'],
    ['a control character', 'geh\u0007eim', 'characters that no token has'],
    ['beyond ASCII', 'gehéim', 'characters that no token has'],
    ['too long', 'geheim'.repeat(2_000), 'longer than 8 KiB'],
  ])('%s', async (_, text, message) => {
    const path = file('bad', text);
    const error = await failure(credentialOf(sources({ flagFile: path })));
    expect(error).toMatchObject({ code: 'invalid_data', message: expect.stringContaining(message) });
    expect(error.message).toContain(path);
    expect(JSON.stringify([error.message, error.hint])).not.toMatch(/geh.?eim/);
  });

  test.each<[string, Partial<CredentialSources>, string, string]>([
    ['a variable', { envToken: 'a\nb' }, 'invalid_data', 'OPS_TOKEN'],
    [
      'stdin that never ends',
      {
        tokenStdin: true,
        readStdin: async function* () {
          for (;;) yield Buffer.alloc(1_000, 'x');
        },
      },
      'invalid_data',
      'stdin',
    ],
    ['a device that never ends', { tokenFile: '/dev/zero' }, 'invalid_data', '/dev/zero'],
    ['a missing file', { tokenFile: '/nowhere/token' }, 'not_found', '/nowhere/token'],
    ['a directory', { tokenFile: '/tmp' }, 'usage', '/tmp'],
  ])('%s', async (_, given, code, message) => {
    expect(await failure(credentialOf(sources(given)))).toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  test('an empty OPS_TOKEN is none', async () => {
    expect(await credentialOf(sources({ envToken: '', tokenFile: file('t', 'next') }))).toBe('next');
  });
});

describe('a token-command', () => {
  test('runs in a shell, its output trimmed', async () => {
    expect(
      await credentialOf(
        sources({ tokenCommand: 'printf "  %s \\n" "$SECRET" | cat', env: { ...process.env, SECRET: 'opst_1' } }),
      ),
    ).toBe('opst_1');
  });

  test.each([
    ['exit 3', 'unauthenticated', 'with exit code 3'],
    ['no-such-program-here 2>/dev/null', 'unauthenticated', 'with exit code 127'],
    ['kill -9 $$', 'unauthenticated', 'by SIGKILL'],
    ['true', 'invalid_data', 'the output of token-command is empty'],
    ['yes', 'invalid_data', 'more than 8 KiB'],
  ])('%s fails', async (tokenCommand, code, message) => {
    expect(await failure(credentialOf(sources({ tokenCommand })))).toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  test('is given up after 10 s, also where its children hold the pipe', async () => {
    const asked: number[] = [];
    const wait = async (ms: number): Promise<void> => void asked.push(ms);
    expect(await failure(credentialOf(sources({ tokenCommand: 'sleep 5 & sleep 5', wait })))).toMatchObject({
      code: 'timeout',
    });
    expect(asked).toEqual([10_000]);
  });

  test('ends with the command', async () => {
    const controller = new AbortController();
    const running = failure(credentialOf(sources({ tokenCommand: 'sleep 5', signal: controller.signal })));
    const reason = new RangeError('enough');
    setImmediate(() => controller.abort(reason));
    expect(await running).toBe(reason);
  });
});

describe('a kept session', () => {
  test('is there for its server only, mode 0600, and can be forgotten', async () => {
    const state = join(home, 'state', 'ops');
    const kept = sessionFile(state, 'https://ops.example.com/x/');
    await kept.keep('opss_1_a');
    await kept.keep('opss_2_b');
    expect(readFileSync(kept.path, 'utf8')).toBe('opss_2_b\n');
    expect(statSync(kept.path).mode & 0o777).toBe(0o600);
    expect(statSync(join(state, 'sessions')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(state, 'sessions'))).toEqual([expect.stringMatching(/^[0-9a-f]{16}\.token$/)]);
    const of = (server: string) => credentialOf(sources({ sessionFile: sessionFile(state, server).path }));
    expect(await of('https://OPS.example.com/x')).toBe('opss_2_b');
    expect(await of('https://ops.example.com/y')).toBeUndefined();
    expect(await of('http://ops.example.com/x')).toBeUndefined();
    await kept.keep(undefined);
    await kept.keep(undefined);
    expect(await of('https://ops.example.com/x')).toBeUndefined();
  });

  test('that cannot be kept is an error with a way out', async () => {
    const blocked = file('blocked', '');
    expect(await failure(sessionFile(blocked, 'https://h').keep('opss_1'))).toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('OPS_TOKEN'),
    });
  });
});
