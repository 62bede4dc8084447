import { beforeAll, describe, expect, test } from 'vitest';
import { buildManifest } from '../../../src/commands/frame/build-manifest.js';
import type { Manifest } from '../../../src/commands/frame/manifest.js';
import { parseLine } from '../../../src/commands/frame/parse-line.js';
import { fakeTree } from './fake-tree.js';

let manifest: Manifest;
beforeAll(async () => {
  manifest = await buildManifest(fakeTree().tree, '1.2.3');
});

describe('a command line', () => {
  test.each<[string[], string, object, string[]]>([
    [['query', 'select 1'], 'query', {}, ['--', 'select 1']],
    [['query'], 'query', {}, []],
    [['-o', 'json', 'query', 'x'], 'query', { output: 'json' }, ['--', 'x']],
    [['query', 'x', '-ojson'], 'query', { output: 'json' }, ['--', 'x']],
    [['query', 'x', '-o=json'], 'query', { output: 'json' }, ['--', 'x']],
    [['query', '--output=csv', 'x'], 'query', { output: 'csv' }, ['--', 'x']],
    [['query', '--json', '-o', 'yaml'], 'query', { output: 'yaml' }, []],
    [['--db', 'query', 'query', 'x'], 'query', {}, ['--db=query', '--', 'x']],
    [['query', '--db=a=b'], 'query', {}, ['--db=a=b']],
    [['query', '--from', 'a', '--from', 'b', 'x'], 'query', {}, ['--from=a', '--from=b', '--', 'x']],
    [['query', '-n3', '-n', '4'], 'query', {}, ['--count=3', '--count=4']],
    [['query', '--no-create', '--no-color'], 'query', { color: 'never' }, ['--no-create']],
    [['query', '-qvy'], 'query', { quiet: true, verbose: true, yes: true }, []],
    [['query', '-qojson'], 'query', { quiet: true, output: 'json' }, []],
    [['query', '--sort', '-age', '--limit', '0'], 'query', { sort: '-age', limit: 0 }, []],
    [['query', '--fields', 'a, b.c'], 'query', { fields: ['a', 'b.c'] }, []],
    [['query', '--timeout', '1h30m', '--lock-timeout=5s'], 'query', { timeoutMs: 5_400_000, lockTimeoutMs: 5_000 }, []],
    [['query', '--', '--db', '-o'], 'query', {}, ['--', '--db', '-o']],
    [['--', 'query', '--json'], 'query', {}, ['--', '--json']],
    [['query', '-f', '-'], 'query', { file: '-' }, []],
    [['query', '-'], 'query', {}, ['--', '-']],
    [['-s', 'http://a', 'ingest', 't', 'f'], 'ingest', { server: 'http://a' }, ['--', 't', 'f']],
    [['logs', '-q', 'table', 'get', 'a.b'], 'logs table get', { quiet: true }, ['--', 'a.b']],
    [['logs', 'table', 'show', 'a.b'], 'logs table get', {}, ['--', 'a.b']],
    [['context', 'ls'], 'context list', {}, []],
    [['context', 'add', 'lab', '--server', 'http://a'], 'context create', {}, ['--server=http://a', '--', 'lab']],
    [['ingest', '--', 'query', '--'], 'ingest', {}, ['--', 'query', '--']],
  ])('%j', (argv, path, globals, rest) => {
    const line = parseLine(argv, manifest);
    expect(line).toMatchObject({ kind: 'command', globals, rest });
    expect(line.kind === 'command' && line.node.path.join(' ')).toBe(path);
    expect(line.kind === 'command' && Object.keys(line.globals)).toEqual(Object.keys(globals));
  });

  test.each<[string[], string | undefined, boolean]>([
    [[], undefined, false],
    [['-q'], undefined, false],
    [['--help'], undefined, true],
    [['-h', 'query'], 'query', true],
    [['query', '--help'], 'query', true],
    [['query', '--wrong', '-h', '--output'], 'query', true],
    [['query', '-qh'], 'query', true],
    [['query', '--version', '--help'], 'query', true],
    [['logs'], 'logs', false],
    [['logs', 'table', '--json'], 'logs table', false],
    [['logs', '--help'], 'logs', true],
  ])('%j asks for help', (argv, path, long) => {
    const line = parseLine(argv, manifest);
    expect(line).toMatchObject({ kind: 'help', long });
    expect(line.kind === 'help' && line.node?.path.join(' ')).toBe(path);
  });

  test.each([[['--version']], [['-V']], [['query', '-V']], [['-qV']]])('%j asks for the version', (argv) => {
    expect(parseLine(argv, manifest)).toEqual({ kind: 'version' });
  });

  test('help after -- is an operand', () => {
    expect(parseLine(['query', '--', '--help'], manifest)).toMatchObject({ kind: 'command', rest: ['--', '--help'] });
  });

  test('an unknown first word keeps its arguments as they are, for a plugin', () => {
    expect(parseLine(['foo', '--help', '-o', 'x'], manifest)).toMatchObject({
      kind: 'unknown',
      word: 'foo',
      args: ['--help', '-o', 'x'],
    });
  });
});

describe('a wrong command line is exit 2', () => {
  test.each<[string[], string, string]>([
    [['qurey'], 'unknown command "qurey" for `ops`', 'did you mean `ops query`?'],
    [['logs', 'tabel'], 'unknown command "tabel" for `ops logs`', 'did you mean `ops logs table`?'],
    [['logs', 'zzzzzz', '--help'], 'unknown command "zzzzzz" for `ops logs`', 'see the commands'],
    [['context', 'lst'], 'unknown command "lst" for `ops context`', '`ops context list`'],
    [['query', '--dbb', 'x'], 'unknown flag --dbb for `ops query`', 'did you mean --db?'],
    [['query', '--outptu=json'], 'unknown flag --outptu for `ops query`', 'did you mean --output?'],
    [['query', '--out', 'json'], 'unknown flag --out for `ops query`', 'see the flags'],
    [['query', '-x'], 'unknown flag -x for `ops query`', 'see the flags'],
    [['query', '-qx'], 'unknown flag -qx for `ops query`', 'see the flags'],
    [['--nope'], 'unknown flag --nope for `ops`', 'see the flags'],
    [['logs', '--nope'], 'unknown flag --nope for `ops logs`', 'see the flags'],
    [['query', '-o'], '--output needs a value', 'use table, wide, json'],
    [['query', '--db', '--json'], '--db needs a value', 'write --db NAME'],
    [['query', '--json=true'], '--json takes no value', 'write --json alone'],
    [['query', '-o', 'xml'], '--output: "xml" is not one of its values', 'use table, wide, json'],
    [['query', '--limit', '-1'], '--limit: "-1" is not a whole number', 'use 0'],
    [['query', '--timeout', '5x'], '--timeout: "5x" is not a duration', 'use 90s'],
    [['query', '--timeout', '0s'], '--timeout: "0s" leaves no time', 'use 90s'],
    [['query', '--fields', 'a,,b'], '--fields: "a,,b" names an empty field', 'use a,b.c'],
    [['query', '--cluster', 'k8s'], '--cluster: "k8s" is not one of its values', 'use embedded, kube'],
    [['query', '--server='], '--server: the value is empty', 'give --server a value'],
  ])('%j', (argv, message, hint) => {
    const error = (() => {
      try {
        const line = parseLine(argv, manifest);
        return line.kind === 'unknown' ? line.error() : undefined;
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ code: 'usage', exit: 2, message });
    expect(error).toHaveProperty('hint', expect.stringContaining(hint));
  });
});

test('there is no flag that takes a token from the command line', () => {
  expect(manifest.globals.map(({ long }) => long)).not.toContain('--token');
});
