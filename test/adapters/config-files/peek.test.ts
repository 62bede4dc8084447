import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSettings } from '../../../src/adapters/config-files/index.js';
import { peekWorkplace } from '../../../src/adapters/config-files/peek.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'ops-peek-'));
});
afterEach(() => rm(home, { recursive: true }));

const put = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await writeFile(join(home, path), text);
};

const contexts = 'contexts: { lab: { data-dir: ./lab }, bare: {}, prod: { server: "https://ops.example.com" } }\n';

test.each<[string, { user?: string; project?: string; env?: Readonly<Record<string, string>> }]>([
  ['no file at all', {}],
  ['an empty config', { user: '# nothing yet\n' }],
  ['a current context', { user: `current-context: lab\n${contexts}` }],
  ['a context without keys', { user: `current-context: bare\n${contexts}` }],
  ['a context with a server', { user: `current-context: prod\n${contexts}` }],
  ['a context from the environment', { user: `current-context: prod\n${contexts}`, env: { OPS_CONTEXT: 'lab' } }],
  ['a data directory for all', { user: 'data-dir: ~/all\n' }],
  ['a data directory of the project', { user: 'data-dir: ~/all\n', project: 'data-dir: here\n' }],
  ['a data directory from the environment', { user: 'data-dir: ~/all\n', env: { OPS_DATA_DIR: 'relative' } }],
  ['a server from the environment', { env: { OPS_SERVER: 'http://127.0.0.1:1' } }],
  ['folders by XDG', { env: { XDG_DATA_HOME: '/srv/data', XDG_CONFIG_HOME: 'relative' } }],
])('says what the settings say: %s', async (_, { user, project, env = {} }) => {
  if (user !== undefined) await put('.config/ops/config.yaml', user);
  if (project !== undefined) await put('work/.ops.yaml', project);
  await put('work/.git', '');
  const cwd = join(home, 'work');
  const { settings } = await loadSettings({
    globals: {},
    env: { HOME: home, ...env },
    cwd,
    terminal: { stdin: true, stderr: true },
  });
  expect(await peekWorkplace({ HOME: home, ...env }, cwd)).toEqual({
    server: settings.server,
    dataDir: settings.dataDir,
  });
});

test.each([
  ['a broken file', 'contexts: ['],
  ['a context that nobody wrote down', 'current-context: gone\n'],
  ['contexts that are no map', 'current-context: a\ncontexts: [a]\n'],
])('leaves it to the settings: %s', async (_, user) => {
  await put('.config/ops/config.yaml', user);
  expect(await peekWorkplace({ HOME: home }, home)).toBeUndefined();
});
