import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { configFiles } from '../../../src/adapters/config-files/index.js';
import { type ConfigEdit, createContext, keyPlace, setKey } from '../../../src/core/config/index.js';

const fixture = new URL('../../../fixtures/config/config.yaml', import.meta.url);
let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-config-'));
  file = join(folder, 'ops', 'config.yaml');
});
afterEach(() => rm(folder, { recursive: true }));

const files = (lockTimeoutMs = 5_000) => configFiles({ file, projectFile: undefined, lockTimeoutMs });
const change = (edits: readonly ConfigEdit[], dryRun = false) => files().change(() => edits, { dryRun });
const existing = async () => {
  await mkdir(join(folder, 'ops'));
  await copyFile(fixture, file);
  await chmod(file, 0o644);
};

describe('a change', () => {
  test('keeps comments and order', async () => {
    await existing();
    await change([
      { path: ['output'], value: 'csv' },
      { path: ['contexts', 'prod', 'read-only'], value: false },
      { path: ['contexts', 'lab', 'kube-context'], value: undefined },
      { path: ['pager'], value: 'less -FR' },
    ]);
    const before = await readFile(fixture, 'utf8');
    expect(await readFile(file, 'utf8')).toBe(
      `${before
        .replace('output: json', 'output: csv')
        .replace('read-only: true #', 'read-only: false #')
        .replace(', kube-context: lab', '')}pager: less -FR\n`,
    );
  });

  test('makes folder and file for their owner only', async () => {
    const { changed } = await files().change((config) => setKey(config, keyPlace('output'), 'json'), { dryRun: false });
    expect(changed).toBe(true);
    expect(await readFile(file, 'utf8')).toBe('version: 1\noutput: json\n');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'ops'))).mode & 0o777).toBe(0o700);
    expect((await readdir(join(folder, 'ops'))).sort()).toEqual(['config.yaml', 'config.yaml.lock']);
  });

  test('closes a file that others could read', async () => {
    await existing();
    await change([{ path: ['output'], value: 'csv' }]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('goes through a link to the file behind it', async () => {
    await mkdir(join(folder, 'ops'));
    await copyFile(fixture, join(folder, 'dotfile'));
    await symlink(join(folder, 'dotfile'), file);
    await change([{ path: ['output'], value: 'csv' }]);
    expect((await lstat(file)).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'dotfile'), 'utf8')).toContain('output: csv');
  });

  test.each([
    ['an entry without a body', 'contexts:\n  lab:\n'],
    ['a file of comments', '# mine\n'],
    ['no contexts yet', 'version: 1\n'],
  ])('reaches into %s', async (_name, text) => {
    await mkdir(join(folder, 'ops'));
    await writeFile(file, text);
    const { config } = await change([{ path: ['contexts', 'lab', 'cluster'], value: 'kube' }]);
    expect(config.contexts?.lab).toEqual({ cluster: 'kube' });
    if (text.startsWith('#')) expect(await readFile(file, 'utf8')).toContain('# mine');
  });

  test('with dryRun writes nothing and makes nothing', async () => {
    expect((await change([{ path: ['output'], value: 'csv' }], true)).changed).toBe(true);
    expect(await readdir(folder)).toEqual([]);
  });

  test('that changes nothing leaves the file alone', async () => {
    await existing();
    const { changed } = await change([{ path: ['pager'], value: undefined }]);
    expect(changed).toBe(false);
    expect(await readFile(file, 'utf8')).toBe(await readFile(fixture, 'utf8'));
  });

  test('to something invalid is refused, and the file stays', async () => {
    await existing();
    await expect(change([{ path: ['output'], value: 'jsn' }])).rejects.toMatchObject({ code: 'invalid_data' });
    expect(await readFile(file, 'utf8')).toBe(await readFile(fixture, 'utf8'));
  });
});

describe('several writers', () => {
  test('lose nothing of each other', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `c${index}`);
    await Promise.all(
      names.map((name) => files().change((config) => createContext(config, name, {}), { dryRun: false })),
    );
    expect(Object.keys((await files().read()).contexts ?? {}).sort()).toEqual([...names].sort());
  });

  test('that wait too long are told', async () => {
    await existing();
    const other = new Database(`${file}.lock`);
    other.exec('BEGIN EXCLUSIVE');
    const waiting = files(0).change(() => [{ path: ['output'], value: 'csv' }], { dryRun: false });
    await expect(waiting).rejects.toMatchObject({ code: 'conflict', exit: 5 });
    other.close();
    await expect(files(0).change(() => [], { dryRun: false })).resolves.toMatchObject({ changed: false });
  });
});

test('a folder that cannot be made is named', async () => {
  await writeFile(join(folder, 'ops'), '');
  await expect(change([{ path: ['output'], value: 'csv' }])).rejects.toMatchObject({
    message: expect.stringContaining(join(folder, 'ops')),
  });
});

describe('kubeconfig', () => {
  test('contexts of several files, the first current one', async () => {
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    await writeFile(a, 'apiVersion: v1\ncontexts:\n- {name: lab, context: {}}\n');
    await writeFile(b, 'current-context: prod\ncontexts:\n- {name: prod}\n- {name: lab}\n');
    expect(await files().kubeContexts(`${a}:${join(folder, 'absent')}:${b}`)).toEqual({
      files: [a, b],
      current: 'prod',
      names: ['lab', 'prod'],
    });
  });
  test('none is undefined', async () => {
    expect(await files().kubeContexts(join(folder, 'absent'))).toBeUndefined();
  });
  test('a broken one is named', async () => {
    await writeFile(join(folder, 'a'), 'contexts: {');
    await expect(files().kubeContexts(join(folder, 'a'))).rejects.toMatchObject({ code: 'invalid_data' });
  });
});
