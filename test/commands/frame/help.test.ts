import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { documented } from '../../../src/commands/define.js';
import { buildManifest } from '../../../src/commands/frame/build-manifest.js';
import type { CommandFactory, CommandTree } from '../../../src/commands/frame/tree.js';
import { flow, flowShell, helpColumns, twoColumns } from '../../../src/commands/frame/wrap.js';
import { fakeTree } from './fake-tree.js';

const doc = { examples: [{ line: 'ops x', does: 'an example' }], route: 'GET /x' };

const one = (factory: CommandFactory): CommandTree => ({
  groups: [],
  commands: [{ path: 'x', area: 'Query', load: async () => factory }],
});

describe('the help of a command', () => {
  test('has examples first, then flags, exit codes, route and output fields', async () => {
    const { nodes } = await buildManifest(fakeTree().tree, '1.2.3');
    const help = nodes.find(({ path }) => path.join(' ') === 'query')?.help ?? '';
    const places = [
      'Examples:',
      'Usage:',
      'Arguments:',
      'Flags:',
      'Global flags',
      'Exit codes:',
      'HTTP route:',
      'Output:',
    ];
    const found = places.map((place) => help.indexOf(place));
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(found).not.toContain(-1);
    expect(help).toContain('--kind KIND    which kind (fast, slow)');
    expect(help).toContain('--from FILE    file to ask (repeatable)');
    expect(help).toContain('rows[].n  number | null');
  });

  test('does not list a global flag that the command has taken for itself', async () => {
    const { nodes } = await buildManifest(fakeTree().tree, '1.2.3');
    const help = nodes.find(({ path }) => path.join(' ') === 'context create')?.help ?? '';
    expect(help.match(/--server URL/g)).toHaveLength(1);
  });

  test('names verdicts, route and further exit codes', async () => {
    const factory: CommandFactory = () =>
      documented(new Command('x').summary('does x'), { ...doc, verdict: true, exits: [6, 3], localOnly: 'because' });
    const help = (await buildManifest(one(factory), '1')).nodes[0]?.help ?? '';
    expect([...help.matchAll(/^ {2}(\d+) /gm)].map(([, code]) => Number(code))).toEqual([
      0, 1, 2, 3, 6, 7, 8, 9, 70, 130, 143,
    ]);
    expect(help).toContain('GET /x; local only: because');
  });
});

describe('the exit codes in the help', () => {
  const codes = (help: string | undefined) =>
    [...(help ?? '').matchAll(/^ {2}(\d+) /gm)].map(([, code]) => Number(code));

  test('are those of the global flags and of signals for whatever opens a context', async () => {
    const { nodes } = await buildManifest(fakeTree().tree, '1.2.3');
    const help = (name: string) => nodes.find(({ path }) => path.join(' ') === name)?.help;
    expect(codes(help('context list'))).toEqual([0, 2, 3, 6, 7, 8, 9, 70, 130, 143]);
    expect(codes(help('help'))).toEqual([0, 2, 6, 70]);
  });

  test('hold no signal for a service, which ends in good order with it', async () => {
    const factory: CommandFactory = () => documented(new Command('x').summary('does x'), { ...doc, service: true });
    const help = (await buildManifest(one(factory), '1')).nodes[0]?.help;
    expect(codes(help)).toEqual([0, 2, 3, 6, 7, 8, 9, 70]);
  });
});

describe('the build fails for a command', () => {
  test.each<[string, CommandFactory, string]>([
    ['without documentation', () => new Command('x').summary('s'), 'x: not documented()'],
    ['without a summary', () => documented(new Command('x'), doc), 'x: no summary'],
    ['without an example', () => documented(new Command('x').summary('s'), { ...doc, examples: [] }), 'x: no example'],
    ['with another name', () => documented(new Command('y').summary('s'), doc), 'x: its command calls itself "y"'],
    ['that reads the context too early', (ctx) => documented(new Command(ctx.cwd).summary('s'), doc), 'reads ctx.cwd'],
  ])('%s', async (_what, factory, message) => {
    await expect(buildManifest(one(factory), '1')).rejects.toThrow(message);
  });
});

describe('wrapping', () => {
  test('keeps lines within the width', () => {
    expect(flow('aa bb cc dd', { width: 6, indent: ' ' })).toEqual([' aa bb', ' cc dd']);
    expect(flow('')).toEqual([]);
  });

  test('puts a long left side on a line of its own', () => {
    expect(
      twoColumns(
        [
          ['a', 'x'],
          ['bbbbb', 'y'],
        ],
        { most: 3 },
      ),
    ).toEqual(['  a  x', '  bbbbb', '     y']);
  });

  test.each([
    [
      'ops query --from a.ndjson --from b.ndjson --db lab',
      ['ops query --from a.ndjson \\', '  --from b.ndjson --db lab'],
    ],
    [`ops query 'select count(*) from a'`, [`ops query 'select count(*)`, `  from a'`]],
  ])('breaks %s so that it can still be pasted', (line, expected) => {
    expect(flowShell(line, { width: 30, indent: '' })).toEqual(expected);
  });

  test('is as wide as the documented 80 columns', () => {
    expect(helpColumns).toBe(80);
  });
});
