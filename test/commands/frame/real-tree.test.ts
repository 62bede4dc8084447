import { beforeAll, describe, expect, test } from 'vitest';
import { bundle, packagesOfEveryStart } from '../../../scripts/bundle.js';
import { buildManifest } from '../../../src/commands/frame/build-manifest.js';
import { completionScript, shells } from '../../../src/commands/frame/completion/index.js';
import type { Manifest } from '../../../src/commands/frame/manifest.js';
import { parseLine } from '../../../src/commands/frame/parse-line.js';
import { tree } from '../../../src/commands/index.js';

let manifest: Manifest;
beforeAll(async () => {
  manifest = await buildManifest(tree, '1.2.3');
});

describe('every text of help', () => {
  const texts = (): readonly (readonly [string, string])[] => [
    ['ops', manifest.help],
    ['ops --help', manifest.longHelp],
    ...manifest.nodes.map(({ path, help }): [string, string] => [path.join(' '), help]),
    ...Object.entries(manifest.topics),
  ];

  test('is at most 80 columns wide', () => {
    const wide = texts().flatMap(([name, text]) =>
      text.split('\n').flatMap((line) => (line.length > 80 ? [`${name}: ${line}`] : [])),
    );
    expect(wide).toEqual([]);
  });

  test('has no escapes and no trailing blanks', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
    expect(texts().filter(([, text]) => /[\u0000-\u0009\u000b-\u001f\u00a0]| \n/.test(text))).toEqual([]);
  });
});

test('every flag in the help is parsed, and means a flag of the manifest', () => {
  for (const node of manifest.nodes.filter(({ kind }) => kind === 'command'))
    for (const flag of node.flags.filter(({ value }) => value === undefined)) {
      expect(node.help).toContain(flag.long);
      expect(parseLine([...node.path, flag.long], manifest)).toMatchObject({ kind: 'command', rest: [flag.long] });
    }
});

test('every example of help and groups is a command line that parses', () => {
  const lines = [manifest.longHelp, ...manifest.nodes.map(({ help }) => help)].flatMap((help) =>
    [...help.matchAll(/^ {2}(?:.*\| *)?ops ((?:[a-z][a-z-]* ?)+)/gm)].map(([, words = '']) => words.trim().split(' ')),
  );
  expect(lines.length).toBeGreaterThan(manifest.nodes.length);
  const paths = manifest.nodes.flatMap(({ path, aliases }) =>
    [path.at(-1) ?? '', ...aliases].map((last) => [...path.slice(0, -1), last].join(' ')),
  );
  for (const words of lines) {
    const line = words.join(' ');
    expect(
      paths.some((path) => `${line} `.startsWith(`${path} `)),
      `ops ${line}`,
    ).toBe(true);
  }
});

test.each(shells)('the %s completion carries every command and flag', (shell) => {
  const script = completionScript([shell], manifest);
  for (const node of manifest.nodes) {
    expect(script).toContain(node.path.at(-1));
    for (const { long, short, hidden } of [...node.flags, ...manifest.globals]) {
      if (hidden === true) continue;
      expect(script).toContain(shell === 'fish' && long.startsWith('--') ? `-l ${long.slice(2)} ` : long);
      if (short !== undefined) expect(script).toContain(shell === 'fish' ? `-s ${short.slice(1)} ` : short);
    }
  }
});

test('a start loads no package before the command is known', async () => {
  expect(packagesOfEveryStart(await bundle({ write: false }))).toEqual([]);
});
