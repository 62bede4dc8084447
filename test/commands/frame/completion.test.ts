import { spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildManifest } from '../../../src/commands/frame/build-manifest.js';
import { completionScript, shells } from '../../../src/commands/frame/completion/index.js';
import type { Manifest } from '../../../src/commands/frame/manifest.js';
import { fakeTree } from './fake-tree.js';

let manifest: Manifest;
beforeAll(async () => {
  manifest = await buildManifest(fakeTree().tree, '1.2.3');
});

/** What Tab offers in bash for these words, the last being the one typed; `ops` itself is a function that answers. */
const tab = (...words: string[]): string[] => {
  const quoted = ['ops', ...words].map((word) => `'${word}'`).join(' ');
  const script = `${completionScript(['bash'], manifest)}
ops() { echo "$2-\${3}1"; }
COMP_WORDS=(${quoted})
COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
_ops
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
};

describe('bash offers', () => {
  test.each<[string[], string[]]>([
    [[''], ['query', 'ingest', 'logs', 'context', 'help']],
    [['lo'], ['logs']],
    [['logs', ''], ['table']],
    [['logs', 'table', 'g'], ['get']],
    [['logs', 'table', 'show', 'a'], ['table-a1']],
    [
      ['-o', 'n'],
      ['ndjson', 'name'],
    ],
    [['query', '--output', '=', 'ya'], ['yaml']],
    [
      ['query', '--output', '='],
      ['table', 'wide', 'json', 'ndjson', 'yaml', 'csv', 'tsv', 'md', 'name'],
    ],
    [
      ['query', '--kind', ''],
      ['fast', 'slow'],
    ],
    [['query', '--db', 'de'], ['database-de1']],
    [['--db', 'x', 'query', '--fro'], ['--from']],
    [['query', '--lock'], ['--lock-timeout']],
    [['query', '--', '--lock'], []],
    [['ingest', 'lo'], ['table-lo1']],
    [['ingest', 'logs', 'fake-t'], ['fake-tree.ts']],
    [['context', 'create', '--server', ''], []],
  ])('for %j: %j', (words, offered) => {
    expect(tab(...words).sort()).toEqual([...offered].sort());
  });
});

describe.each(shells)('the %s script', (shell) => {
  test('carries every command and every flag', () => {
    const script = completionScript([shell], manifest);
    for (const node of manifest.nodes) {
      expect(script).toContain(node.path.at(-1));
      for (const { long, short } of [...node.flags, ...manifest.globals]) {
        expect(script).toContain(shell === 'fish' ? `-l ${long.slice(2)} ` : long);
        if (short !== undefined) expect(script).toContain(shell === 'fish' ? `-s ${short.slice(1)} ` : short);
      }
    }
  });

  test('is free of control characters and of broken templates', () => {
    const script = completionScript([shell], manifest);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
    expect(script).not.toMatch(/[\u0000-\u0009\u000b-\u001f]|undefined|\[object/);
  });

  const checks: Readonly<Record<string, readonly string[]>> = {
    bash: ['bash', '-n'],
    zsh: ['zsh', '-n'],
    fish: ['fish', '-n'],
  };
  const [program, ...flags] = checks[shell] ?? [];
  const present = program !== undefined && spawnSync(program, ['-c', ':']).status === 0;
  test.skipIf(!present)(`parses (needs ${program})`, () => {
    const { status, stderr } = spawnSync(program ?? '', flags, {
      input: completionScript([shell], manifest),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

test.each<[string[], string]>([
  [[], 'missing argument SHELL'],
  [['bsh'], 'no completion for "bsh"'],
  [['bash', 'zsh'], 'one shell at a time'],
])('completion of %j is exit 2', (words, message) => {
  expect(() => completionScript(words, manifest)).toThrowError(
    expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) }),
  );
});
