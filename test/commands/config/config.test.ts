import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configExplainCommand } from '../../../src/commands/config/explain.js';
import { configGetCommand } from '../../../src/commands/config/get.js';
import { configListCommand } from '../../../src/commands/config/list.js';
import { configPathCommand } from '../../../src/commands/config/path.js';
import { configSetCommand } from '../../../src/commands/config/set.js';
import { configUnsetCommand } from '../../../src/commands/config/unset.js';
import { runSettings, tempHome } from '../settings-context.js';

let home: string;
let remove: () => void;
beforeEach(() => {
  ({ home, remove } = tempHome());
});
afterEach(() => remove());

const file = () => join(home, '.config/ops/config.yaml');
const config = (text: string): void => {
  mkdirSync(join(home, '.config/ops'), { recursive: true });
  writeFileSync(file(), text);
};

describe('config get', () => {
  test('prints the value in effect', async () => {
    config('output: json\n');
    const { json } = await runSettings(configGetCommand, ['output'], { home });
    expect(json()).toEqual({ key: 'output', value: 'json', origin: 'user config', from: file() });
  });
  test('with -o name prints the bare value', async () => {
    const { stdout } = await runSettings(configGetCommand, ['lock-timeout'], { home, format: 'name' });
    expect(stdout).toBe('5s\n');
  });
  test('of one context, as the file says', async () => {
    config('contexts:\n  prod: {server: https://ada:s3cret@ops.example.com}\n');
    const { json } = await runSettings(configGetCommand, ['contexts.prod.server'], { home });
    expect(json()).toMatchObject({ value: 'https://ada:********@ops.example.com', from: file() });
  });
  test.each([
    ['pager', 'not set', 3],
    ['outptu', 'did you mean "output"?', 3],
    ['contexts.prd.server', 'did you mean "prod"?', 3],
  ])('of %s ends with %s', async (key, words, exit) => {
    config('contexts:\n  prod: {}\n');
    const { error } = await runSettings(configGetCommand, [key], { home });
    expect(error?.exit).toBe(exit);
    expect(`${error?.message} ${error?.hint}`).toContain(words);
  });
  test('masks the token', async () => {
    const { stdout } = await runSettings(configGetCommand, ['token'], { home, env: { OPS_TOKEN: 'opst_1_s3cret' } });
    expect(stdout).toContain('********');
    expect(stdout).not.toContain('s3cret');
  });
  test('refuses to guess where the config is broken', async () => {
    config('output: jsn\n');
    expect((await runSettings(configGetCommand, ['color'], { home })).error).toMatchObject({ exit: 9 });
  });
});

describe('config explain', () => {
  test('says who says so, and whom that overrides', async () => {
    config('output: json\n');
    const { json } = await runSettings(configExplainCommand, ['output'], {
      home,
      env: { OPS_OUTPUT: 'csv' },
      format: 'json',
    });
    expect(json()).toMatchObject({
      key: 'output',
      value: 'csv',
      origin: 'environment',
      from: 'OPS_OUTPUT',
      flag: '--output',
      variable: 'OPS_OUTPUT',
      files: ['project', 'context', 'user'],
      overridden: [{ value: 'json', origin: 'user config', from: file() }],
    });
  });
});

test('config list has a row for every key', async () => {
  const { json } = await runSettings(configListCommand, [], { home, format: 'json' });
  expect(json()).toContainEqual({ key: 'lock-timeout', value: '5s', origin: 'default', from: null });
  expect(json()).toContainEqual({ key: 'pager', value: null, origin: 'default', from: null });
});

test('config path works with a broken config', async () => {
  config('output: [\n');
  const { json } = await runSettings(configPathCommand, [], { home });
  expect(json()).toEqual({
    config: file(),
    project: null,
    data: join(home, '.local/share/ops/local'),
    state: join(home, '.local/state/ops'),
    cache: join(home, '.cache/ops'),
  });
});

describe('config set', () => {
  test('writes the file, and says so in one line', async () => {
    const { json, said } = await runSettings(configSetCommand, ['output', 'json'], { home });
    expect(json()).toEqual({ key: 'output', before: null, after: 'json', changed: true, dryRun: false, file: file() });
    expect(readFileSync(file(), 'utf8')).toBe('version: 1\noutput: json\n');
    expect(said).toEqual([`note: changed output in ${file()}`]);
  });
  test('in a context', async () => {
    config('contexts:\n  prod: {} # far away\n');
    await runSettings(configSetCommand, ['contexts.prod.read-only', 'true'], { home });
    expect(readFileSync(file(), 'utf8')).toBe('contexts:\n  prod: { read-only: true } # far away\n');
  });
  test('warns where something stronger still holds', async () => {
    const { said } = await runSettings(configSetCommand, ['output', 'json'], { home, env: { OPS_OUTPUT: 'csv' } });
    expect(said[1]).toBe('warn: output is still csv here: OPS_OUTPUT is stronger');
  });
  test('with --dry-run writes nothing', async () => {
    config('output: csv\n');
    const { json } = await runSettings(configSetCommand, ['output', 'json'], {
      home,
      flags: { dryRun: true },
      format: 'json',
    });
    expect(json()).toMatchObject({ before: 'csv', after: 'json', changed: true, dryRun: true });
    expect(readFileSync(file(), 'utf8')).toBe('output: csv\n');
  });
  test.each([
    [['output', 'jsn'], 2, 'ndjson'],
    [['lock-timeout', '5x'], 2, '90s'],
    [['outptu', 'json'], 3, 'did you mean "output"?'],
    [['server', 'https://ops.example.com'], 2, 'contexts.NAME.server'],
    [['token', 'opst_1_s3cret'], 2, 'token-file'],
    [['contexts.prd.server', 'https://ops.example.com'], 3, 'context list'],
    [['contexts.local.read-only', 'yes'], 2, 'true or false'],
    [['current-context', 'lab'], 3, 'context list'],
  ])('%o is exit %i', async (words, exit, hint) => {
    const { error } = await runSettings(configSetCommand, words, { home });
    expect(error?.exit).toBe(exit);
    expect(error?.hint).toContain(hint);
    expect(error?.message).not.toContain('s3cret');
  });
});

describe('config unset', () => {
  test('takes the key out and leaves the rest', async () => {
    config('# mine\noutput: json # for scripts\npager: less\n');
    const { json } = await runSettings(configUnsetCommand, ['output'], { home });
    expect(json()).toMatchObject({ before: 'json', after: null, changed: true });
    expect(readFileSync(file(), 'utf8')).toContain('pager: less');
    expect(readFileSync(file(), 'utf8')).not.toContain('output');
  });
  test('of what is not there changes nothing', async () => {
    const { exit, said } = await runSettings(configUnsetCommand, ['output'], { home });
    expect(exit).toBe(0);
    expect(said[0]).toContain('nothing to change');
  });
});
