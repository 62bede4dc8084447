import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pluginEnvironment, pluginNamed, pluginsOnPath, runPlugin } from '../../../src/commands/frame/plugins.js';

let folder = '';
const put = (name: string, text: string, mode = 0o755): string => {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, mode);
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ops-plugins-'));
  mkdirSync(join(folder, 'second'));
  put('ops-hello', 'exit "$1"');
  put('ops-plain', 'exit 0', 0o644);
  put('second/ops-hello', 'exit 9');
  put('second/ops-spill', 'test -z "$OPS_TOKEN$OPS_TOKEN_FILE" && test "$OPS_CONTEXT" = lab');
  put('ops-killed', 'kill -TERM $$');
});
afterAll(() => rmSync(folder, { recursive: true }));

const env = () => ({ PATH: `${folder}:${join(folder, 'second')}:${folder}/none:${process.env.PATH ?? ''}` });

describe('plugins', () => {
  test('are executables of PATH, the first directory first', () => {
    const found = pluginsOnPath({ PATH: `${folder}:${join(folder, 'second')}:${folder}/none` });
    expect(found.map(({ name }) => name)).toEqual(['hello', 'killed', 'hello', 'spill']);
    expect(pluginNamed('hello', env())).toBe(join(folder, 'ops-hello'));
    expect(pluginNamed('plain', env())).toBeUndefined();
  });

  test.each(['../ops-hello', 'second/ops-hello', '-x', '', '.'])('%j is no name of a plugin', (name) => {
    expect(pluginNamed(name, env())).toBeUndefined();
  });

  test.each([
    ['0', 0],
    ['7', 7],
  ])('end with their own exit code %s', async (code, exit) => {
    expect(await runPlugin(join(folder, 'ops-hello'), [code], env())).toBe(exit);
  });

  test('that a signal ended are 128 + n', async () => {
    expect(await runPlugin(join(folder, 'ops-killed'), [], env())).toBe(143);
  });

  test('get no token', async () => {
    const full = { ...env(), OPS_TOKEN: 's', OPS_TOKEN_FILE: 'f', OPS_CONTEXT: 'lab' };
    expect(pluginEnvironment(full)).toEqual({ PATH: full.PATH, OPS_CONTEXT: 'lab' });
    expect(await runPlugin(join(folder, 'second', 'ops-spill'), [], full)).toBe(0);
  });

  test('that cannot be started are a clear error', async () => {
    await expect(runPlugin(join(folder, 'gone'), [], env())).rejects.toMatchObject({ code: 'unavailable' });
  });
});
