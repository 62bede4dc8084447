import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadSettings } from '../../../src/adapters/config-files/index.js';

const fixtures = new URL('../../../fixtures/config/', import.meta.url);
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'ops-config-'));
});
afterEach(() => rm(home, { recursive: true }));

const load = (env: Readonly<Record<string, string>> = {}, cwd = home) =>
  loadSettings({ globals: {}, env: { HOME: home, ...env }, cwd, terminal: { stdin: true, stderr: true } });

const put = async (path: string, text: string): Promise<void> => {
  await mkdir(join(home, path, '..'), { recursive: true });
  await writeFile(join(home, path), text);
};

describe('config.yaml', () => {
  test('its values, resolved', async () => {
    await mkdir(join(home, '.config/ops'), { recursive: true });
    await copyFile(new URL('config.yaml', fixtures), join(home, '.config/ops/config.yaml'));
    const { settings } = await load({ OPS_CONTEXT: 'prod' });
    expect(settings.fault).toBeUndefined();
    expect(settings).toMatchObject({
      context: 'prod',
      server: 'https://ops.example.com',
      readOnly: true,
      protected: true,
      output: 'json',
      tokenFile: join(home, '.config/ops/prod.token'),
      dataDir: join(home, '.local/share/ops/prod'),
    });
  });

  test('without any file the defaults hold, and none is made', async () => {
    const { settings } = await load();
    expect(settings).toMatchObject({ context: 'local', fault: undefined, output: undefined });
    expect(await readdir(home)).toEqual([]);
  });

  test('comments alone, and a byte order mark, are an empty config', async () => {
    await put('.config/ops/config.yaml', '\ufeff# nothing yet\n');
    expect((await load()).settings.fault).toBeUndefined();
  });
});

/** What the error must name: place, key, and what is wrong or to be done. */
const mistakes: Record<string, readonly string[]> = {
  'invalid-unknown-key.yaml': [':2:1', 'outptu', 'unknown key', 'did you mean "output"?'],
  'invalid-version.yaml': [':1:1', '"2"', 'version: 1'],
  'invalid-duration.yaml': [':2:1', 'lock-timeout', '"5x"', '90s'],
  'invalid-zero-timeout.yaml': ['timeout', '"0s"'],
  'invalid-choice.yaml': ['output', '"jsn"', 'ndjson'],
  'invalid-server-outside-context.yaml': [':2:1', 'server', 'belongs to a context'],
  'invalid-server-address.yaml': [':4:5', 'contexts.prod.server', '"ops.example.com"', 'https://'],
  'invalid-token-in-file.yaml': ['contexts.prod.token', 'token-file'],
  'invalid-boolean.yaml': ['contexts.prod.read-only', '"yes"', 'true or false'],
  'invalid-context-key.yaml': ['contexts.prod.tokn-file', 'did you mean "token-file"?'],
  'invalid-context-name.yaml': ['../prod', 'not a context name'],
  'invalid-contexts-list.yaml': [':2:1', 'contexts', 'not a map of contexts'],
  'invalid-no-map.yaml': ['not a map'],
  'invalid-duplicate-key.yaml': [':3:1', 'unique'],
  'invalid-syntax.yaml': [':3:1', 'not valid YAML'],
};

const projectMistakes: Record<string, readonly string[]> = Object.fromEntries(
  [
    'server',
    'cluster',
    'token-file',
    'token-command',
    'token',
    'pager',
    'kubeconfig',
    'kube-context',
    'read-only',
    'protected',
    'plugins',
    'contexts',
    'current-context',
  ].map((key) => [`invalid-project-${key}.yaml`, [`:2:1: ${key}:`, 'may not be set by a project file', '.ops.yaml']]),
);
projectMistakes['invalid-project-unknown-key.yaml'] = ['outpt', 'unknown key', 'did you mean "output"?'];

describe('mistakes', () => {
  test('every broken fixture is one of these', async () => {
    const names = (await readdir(fixtures)).filter((name) => name.startsWith('invalid-')).sort();
    expect(names).toEqual([...Object.keys(mistakes), ...Object.keys(projectMistakes)].sort());
  });

  test.each(Object.entries(mistakes))('%s in config.yaml', async (name, words) => {
    await mkdir(join(home, '.config/ops'), { recursive: true });
    const file = join(home, '.config/ops/config.yaml');
    await copyFile(new URL(name, fixtures), file);
    const { fault } = (await load()).settings;
    expect(fault).toMatchObject({ code: 'invalid_data', exit: 9 });
    for (const word of [file, ...words]) expect(`${fault?.message}\n${fault?.hint}`).toContain(word);
    expect(`${fault?.message}`).not.toContain('s3cret');
  });

  test.each(Object.entries(projectMistakes))('%s as .ops.yaml', async (name, words) => {
    await copyFile(new URL(name, fixtures), join(home, '.ops.yaml'));
    const { settings } = await load();
    expect(settings.fault).toMatchObject({ code: 'invalid_data', exit: 9 });
    for (const word of words) expect(`${settings.fault?.message}\n${settings.fault?.hint}`).toContain(word);
    expect(settings).toMatchObject({ server: undefined, cluster: 'embedded', pager: undefined, tokenFile: undefined });
  });

  test('a config.yaml that is a directory', async () => {
    await mkdir(join(home, '.config/ops/config.yaml'), { recursive: true });
    expect((await load()).settings.fault).toMatchObject({
      code: 'invalid_data',
      message: expect.stringContaining('directory'),
    });
  });
});

describe('project file', () => {
  test('the nearest one up to the root of the repository holds', async () => {
    await put('.ops.yaml', 'output: tsv\n');
    await put('repo/.git/HEAD', '');
    await put('repo/a/b/file', '');
    const inside = join(home, 'repo/a/b');
    expect((await load({}, inside)).settings.output).toBeUndefined();
    await put('repo/.ops.yaml', 'output: csv\n');
    expect((await load({}, inside)).settings.output).toBe('csv');
    await put('repo/a/.ops.yaml', 'output: md\ndata-dir: data\n');
    const { settings, files } = await load({}, inside);
    expect(settings).toMatchObject({ output: 'md', dataDir: join(home, 'repo/a/data') });
    expect(files.projectFile).toBe(join(home, 'repo/a/.ops.yaml'));
  });

  test('outside a repository only that of the working directory counts', async () => {
    await put('.ops.yaml', 'output: tsv\n');
    await put('a/file', '');
    expect((await load({}, home)).settings.output).toBe('tsv');
    expect((await load({}, join(home, 'a'))).settings.output).toBeUndefined();
  });
});

test.each([
  [0o600, 0],
  [0o400, 0],
  [0o640, 1],
  [0o604, 1],
])('a token file of mode %o gives %i warnings', async (mode, expected) => {
  await put('t', 'opst_1_s3cret');
  await chmod(join(home, 't'), mode);
  const { warnings } = await load({ OPS_TOKEN_FILE: join(home, 't') });
  expect(warnings).toHaveLength(expected);
  if (expected > 0) expect(warnings[0]).toContain('chmod 600');
  expect(await readFile(join(home, 't'), 'utf8')).toBe('opst_1_s3cret');
});
