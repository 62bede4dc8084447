import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { makeManifest } from '../../scripts/manifest.js';
import { loops } from '../../src/loops/index.js';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(resolve(root, path), 'utf8');
const dockerfile = read('deploy/Dockerfile');
const unit = read('deploy/ops.service');
const page = read('docs/serve.md');

const flagsIn = (text: string): string[] => [...new Set(text.match(/(?<![\w-])--[a-z][a-z-]*/g))];

const serve = (await makeManifest()).nodes.find(({ path }) => path.join(' ') === 'serve');
const knownFlags = flagsIn(serve?.help ?? '');
/** Without those that every command has. */
const serveFlags = flagsIn(/^Flags:\n(.*?)^Global/ms.exec(serve?.help ?? '')?.[1] ?? '');

/** The words of a JSON array behind an instruction. */
const words = (instruction: string): unknown[] => {
  const [, text = '[]'] = new RegExp(`^${instruction} (\\[.*\\])$`, 'm').exec(dockerfile) ?? [];
  return JSON.parse(text);
};

test('the image and the unit start the server with flags that it has', () => {
  const command = words('CMD').join(' ');
  const started = /^ExecStart=(.*)$/m.exec(unit)?.[1] ?? '';
  expect([command.split(' ')[0], started.split(' ')[1]]).toEqual(['serve', 'serve']);
  expect(flagsIn(`${command} ${started}`).filter((flag) => !knownFlags.includes(flag))).toEqual([]);
});

test('the image is not root, keeps its data in a volume, and asks /health', () => {
  expect(dockerfile).toMatch(/^USER 10001:10001$/m);
  expect(dockerfile).toMatch(/^VOLUME \/data$/m);
  expect(dockerfile).toMatch(/^ENV .*\bOPS_DATA_DIR=\/data\b/m);
  expect(dockerfile).toMatch(/^HEALTHCHECK .*\/health/m);
  expect(words('CMD')).toContain(`0.0.0.0:${/^EXPOSE (\d+)$/m.exec(dockerfile)?.[1]}`);
});

test('what goes into the image exists, and is all that the Dockerfile copies from outside', () => {
  const sent = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path = '']) => path);
  expect(sent.filter((path) => !existsSync(resolve(root, path)))).toEqual([]);
  const copied = [...dockerfile.matchAll(/^COPY --from=build (.+) \S+$/gm)].flatMap(([, paths = '']) =>
    paths.split(' '),
  );
  const made = ['/build/dist', '/build/node_modules'];
  expect(copied.filter((path) => !made.includes(path) && !sent.includes(path.slice('/build/'.length)))).toEqual([]);
});

test('every flag of the server, and every loop with its pace, is on docs/serve.md', () => {
  expect(serveFlags).toContain('--loops');
  expect(serveFlags.filter((flag) => !page.includes(flag))).toEqual([]);
  const paces: Record<number, string> = { 2000: '2 s', 60000: '1 min', 600000: '10 min', 3600000: '1 h' };
  for (const { name, everyMs } of loops)
    expect(page).toMatch(new RegExp(`\`${name.replace('.', '\\.')}\` +\\| ${paces[everyMs]} +\\|`));
});

test('every series that the page names is one that the server has', () => {
  const source = read('src/serve/metrics.ts');
  const named = [...page.matchAll(/`((?:ops|kyma)_[a-z_]+)/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !source.includes(`'${name}'`))).toEqual([]);
});
