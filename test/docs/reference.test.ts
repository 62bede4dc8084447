import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { referencePages } from '../../scripts/reference.js';
import { faults } from '../../src/base/errors.js';

const root = resolve(import.meta.dirname, '../..');
const page = (path: string): string => readFileSync(join(root, path), 'utf8');

test('the pages made of the program are what `npm run docs` writes', async () => {
  for (const [path, text] of Object.entries(await referencePages())) expect(page(path), path).toBe(text);
});

test.each(Object.entries(faults))('%s is explained in docs/errors.md, with its exit code', (code, { exit }) => {
  const section = page('docs/errors.md').split(`### ${code}\n`)[1] ?? '';
  expect(section.trimStart().startsWith(`Exit ${exit}`)).toBe(true);
});

test('docs/errors.md explains no code that does not exist', () => {
  const explained = [...page('docs/errors.md').matchAll(/^### (\S+)$/gm)].map(([, code]) => code);
  expect(explained.sort()).toEqual(Object.keys(faults).sort());
});

test('every package that the program runs on is in THIRD-PARTY.md', () => {
  const { dependencies } = JSON.parse(page('package.json')) as { dependencies: Record<string, string> };
  const listed = page('THIRD-PARTY.md');
  expect(Object.keys(dependencies).filter((name) => !listed.includes(name))).toEqual([]);
});

test('links between the pages lead somewhere', () => {
  for (const path of [
    'README.md',
    'CONTRIBUTING.md',
    'docs/architecture.md',
    'docs/query.md',
    'docs/cli.md',
    'docs/serve.md',
    'docs/identity.md',
    'docs/http.md',
  ]) {
    const folder = path.includes('/') ? 'docs' : '.';
    for (const [, target = ''] of page(path).matchAll(/\]\(([^)#]+\.md)\)/g))
      expect(() => page(join(folder, target)), target).not.toThrow();
  }
});
