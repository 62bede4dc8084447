import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, test } from 'vitest';
import { OpsError } from '../src/base/errors.js';
import { documented } from '../src/commands/define.js';
import type { CommandTree } from '../src/commands/frame/tree.js';
import type { Context } from '../src/context.js';
import { runMain } from './commands/frame/fake-world.js';

const untilAborted = (ctx: Context): Promise<never> =>
  new Promise((_, reject) => {
    ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason));
  });

describe('a command', () => {
  test('gets its own words, the context the global flags', async () => {
    const ran = await runMain(['query', 'select 1', '-ojson', '--db', 'lab', '--from', 'a', '--from=b', '--no-create']);
    expect(ran).toMatchObject({ exit: 0, stdout: '', stderr: '', closed: 1 });
    expect(ran.commands).toEqual([
      { command: 'query', args: ['select 1'], flags: { db: 'lab', from: ['a', 'b'], create: false } },
    ]);
    expect(ran.opened[0]?.globals).toEqual({ output: 'json' });
  });

  test('keeps a flag of its own that is named like a global one', async () => {
    const ran = await runMain(['context', 'create', 'lab', '--server', 'http://a']);
    expect(ran.commands[0]).toMatchObject({ args: ['lab'], flags: { server: 'http://a' } });
    expect(ran.opened[0]?.globals).toEqual({});
  });

  test.each<[string[], string]>([
    [['ingest'], 'missing argument TABLE'],
    [['context', 'list', 'x'], 'too many arguments: 0 expected, 1 given'],
    [['query', '--kind', 'x'], '--kind: "x" is no valid value: use fast, slow'],
  ])('%j is exit 2 with the usage', async (argv, message) => {
    const ran = await runMain(argv);
    expect(ran).toMatchObject({ exit: 2, stdout: '', commands: [], closed: 1 });
    expect(ran.stderr).toMatch(/^ops: .+\nhint: usage: ops .+\n$/);
    expect(ran.stderr).toContain(message);
  });

  test('ends with the worst exit code that it set', async () => {
    const behave = async (ctx: Context): Promise<void> => {
      ctx.setExit(1);
      ctx.setExit(0);
    };
    expect(await runMain(['query'], { behave })).toMatchObject({ exit: 1, stderr: '' });
  });

  test('that fails after a verdict ends with the failure', async () => {
    const behave = async (ctx: Context): Promise<void> => {
      ctx.setExit(1);
      throw new OpsError('unavailable', 'gone', 'come back');
    };
    const ran = await runMain(['query'], { behave });
    expect(ran).toMatchObject({ exit: 6, stderr: 'ops: gone\nhint: come back\n', closed: 1 });
  });

  test('does not run with faulty settings', async () => {
    const fault = new OpsError('invalid_data', 'config.yaml: timeout: "5x" is not a duration', 'use 30s');
    expect(await runMain(['query'], { fault })).toMatchObject({ exit: 9, commands: [], closed: 1 });
  });

  test('whose context cannot be opened fails with that', async () => {
    const open = (): never => {
      throw new OpsError('invalid_data', 'config is broken', 'mend it');
    };
    expect(await runMain(['query'], { open })).toMatchObject({ exit: 9, commands: [] });
  });
});

describe('a command that mends settings', () => {
  const mending: CommandTree = {
    groups: [],
    commands: [
      {
        path: 'mend',
        area: 'Settings',
        load: async () => () =>
          documented(
            new Command('mend').summary('mends').action(() => undefined),
            {
              examples: [{ line: 'ops mend', does: 'it' }],
              route: 'none',
              mendsSettings: true,
            },
          ),
      },
    ],
  };
  const fault = new OpsError('invalid_data', 'config.yaml: timeout: "5x" is not a duration', 'use 30s');

  test.each<[Record<string, string>, string[], number]>([
    [{}, [], 0],
    [{ OPS_OUTPUT: '' }, [], 0],
    [{ OPS_OUTPUT: 'xml' }, [], 2],
    [{ OPS_OUTPUT: 'xml' }, ['-o', 'json'], 0],
    [{ OPS_ERROR_FORMAT: 'xml' }, ['-o', 'json'], 2],
    [{ OPS_OUTPUT: 'json', OPS_ERROR_FORMAT: 'json' }, [], 0],
  ])('goes on with a broken file, but with %j and %j ends with %i', async (env, flags, exit) => {
    const ran = await runMain(['mend', ...flags], { tree: mending, fault, env });
    expect(ran.exit).toBe(exit);
    expect(ran.stderr.includes(`${Object.keys(env)[0]}:`)).toBe(exit === 2);
  });
});

describe('a bug', () => {
  const behave = async (): Promise<void> => {
    throw new TypeError('x is undefined');
  };

  test('is exit 70, two lines without a stack, and a report that the hint names', async () => {
    const home = mkdtempSync(join(tmpdir(), 'ops-crash-'));
    const ran = await runMain(['query', 'x'], { behave, env: { XDG_STATE_HOME: home } });
    expect(ran.exit).toBe(70);
    expect(ran.stderr).toMatch(/^ops: x is undefined\nhint: this is a bug in ops; the details are in .+\n$/);
    const path = /in (\S+crash-2026-03-01T12-00-00-000Z-\d+\.txt)/.exec(ran.stderr)?.[1] ?? '';
    expect(readFileSync(path, 'utf8')).toMatch(
      /ops 1\.2\.3[\s\S]+\["query","x"\][\s\S]+TypeError: x is undefined\n {4}at /,
    );
    rmSync(home, { recursive: true });
  });

  test('without a place for the report is told all the same', async () => {
    const ran = await runMain(['query'], { behave, env: { XDG_STATE_HOME: '/dev/null/x' } });
    expect(ran.stderr).toBe('ops: x is undefined\nhint: this is a bug in ops; try again with --debug for details\n');
  });

  test('shows its stack with --debug', async () => {
    const ran = await runMain(['query', '--debug'], { behave });
    expect(ran.stderr).toMatch(/TypeError: x is undefined\n {4}at [\s\S]+\nops: x is undefined\nhint: /);
  });

  test('is one JSON line where that was asked for', async () => {
    const ran = await runMain(['query', '--json'], { behave });
    expect(JSON.parse(ran.stderr)).toMatchObject({ error: { code: 'internal', exit: 70, message: 'x is undefined' } });
  });
});

describe('a signal', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('%s aborts the command: exit %i', async (name, exit) => {
    const signals = new EventEmitter();
    const behave = (ctx: Context): Promise<void> => {
      queueMicrotask(() => signals.emit(name));
      return untilAborted(ctx);
    };
    const ran = await runMain(['query'], { behave, signals });
    expect(ran).toMatchObject({ exit, closed: 1, left: [] });
    expect(ran.stderr).toMatch(/^ops: .+\nhint: .+\n$/);
    expect(signals.listenerCount(name)).toBe(0);
  });

  test('that lets the command end in good order is an exit code only', async () => {
    const signals = new EventEmitter();
    const behave = async (): Promise<void> => void signals.emit('SIGINT');
    expect(await runMain(['query'], { behave, signals })).toMatchObject({ exit: 130, stderr: '' });
  });

  test('a second time leaves at once', async () => {
    const signals = new EventEmitter();
    const behave = async (): Promise<void> => {
      signals.emit('SIGINT');
      signals.emit('SIGINT');
    };
    expect((await runMain(['query'], { behave, signals })).left).toEqual([130]);
  });

  test('ends also a command that does not listen', async () => {
    const signals = new EventEmitter();
    const behave = (): Promise<void> => {
      signals.emit('SIGINT');
      return new Promise(() => undefined);
    };
    expect(await runMain(['query'], { behave, signals })).toMatchObject({ exit: 130 });
  });

  test('is the reason of whatever broke on its account', async () => {
    const signals = new EventEmitter();
    const behave = async (): Promise<void> => {
      signals.emit('SIGINT');
      throw new DOMException('This operation was aborted', 'AbortError');
    };
    expect(await runMain(['query'], { behave, signals })).toMatchObject({ exit: 130 });
  });
});

describe('--timeout', () => {
  test('is exit 7', async () => {
    const ran = await runMain(['query', '--timeout', '5ms'], { behave: untilAborted });
    expect(ran).toMatchObject({
      exit: 7,
      stderr: 'ops: the command did not end within 0.005 s\nhint: allow more time with --timeout\n',
    });
  });

  test('may come from the config too', async () => {
    expect(await runMain(['query'], { behave: untilAborted, timeoutMs: 5 })).toMatchObject({ exit: 7 });
  });

  test('does not make a failure of work that was done in spite of it', async () => {
    const behave = async (ctx: Context): Promise<void> => {
      ctx.setExit(1);
      await untilAborted(ctx).catch(() => undefined);
    };
    expect(await runMain(['query', '--timeout', '5ms'], { behave })).toMatchObject({ exit: 1, stderr: '' });
  });

  test('tells what the command knows about what was pending', async () => {
    const behave = (ctx: Context): Promise<void> =>
      untilAborted(ctx).catch(() => {
        throw new OpsError('timeout', 'two of three still pending', 'wait longer');
      });
    expect((await runMain(['query', '--timeout', '5ms'], { behave })).stderr).toContain('two of three');
  });
});

describe('without a command', () => {
  test.each<[string[], string]>([
    [['--version'], '1.2.3\n'],
    [['query', '-V'], '1.2.3\n'],
  ])('%j', async (argv, stdout) => {
    expect(await runMain(argv)).toMatchObject({ exit: 0, stdout, stderr: '', opened: [] });
  });

  test.each<[string[], string]>([
    [[], 'ops query --from'],
    [['--help'], '--lock-timeout DUR'],
    [['logs'], 'logs table get'],
    [['query', '--help', '--wrong'], 'ops query [SQL] [FLAGS]'],
    [['help', 'query'], 'ops query [SQL] [FLAGS]'],
    [['help', 'jq'], '--jq EXPR'],
    [['help', 'logs', 'table', 'show'], 'ops logs table get TABLE [FLAGS]'],
    [['help'], '--lock-timeout DUR'],
  ])('%j is help on stdout and opens nothing', async (argv, part) => {
    const ran = await runMain(argv);
    expect(ran).toMatchObject({ exit: 0, stderr: '', opened: [] });
    expect(ran.stdout).toContain(part);
  });

  test('help for what does not exist is exit 2 and names the nearest', async () => {
    const ran = await runMain(['help', 'exit-code']);
    expect(ran).toMatchObject({ exit: 2, stdout: '' });
    expect(ran.stderr).toContain('did you mean `ops help exit-codes`?');
  });

  test('an unknown command that is no plugin either is exit 2', async () => {
    const ran = await runMain(['qurey', 'x'], { env: { PATH: '/nonexistent' } });
    expect(ran).toMatchObject({ exit: 2, stdout: '', opened: [] });
    expect(ran.stderr).toContain('did you mean `ops query`?');
  });
});

describe('plugins on PATH', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ops-near-'));
  writeFileSync(join(folder, 'ops-deploy'), '#!/bin/sh\n', { mode: 0o755 });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each<[string[], number, string]>([
    [['depoly'], 2, 'did you mean `ops deploy`?'],
    [['help', 'deploy'], 0, '`ops deploy --help`'],
    [['help', 'depoly'], 2, 'did you mean `ops help deploy`?'],
    [['logs', 'deploy'], 2, 'hint: see the commands that exist with `ops logs --help`'],
    [['help', 'logs', 'nope'], 2, 'hint: commands: `ops logs --help`'],
    [['help', 'logs', 'table', 'nope'], 2, 'hint: commands: `ops logs table --help`'],
  ])('%j is exit %i and says %s', async (argv, exit, text) => {
    const { exit: found, stdout, stderr } = await runMain(argv, { env: { PATH: folder } });
    expect([found, (exit === 0 ? stdout : stderr).includes(text)]).toEqual([exit, true]);
  });
});

test('flags before the name of a plugin are refused, not dropped', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ops-main-'));
  writeFileSync(join(folder, 'ops-foo'), '#!/bin/sh\nexit 7\n', { mode: 0o755 });
  expect(await runMain(['foo', '--dry-run'], { env: { PATH: folder } })).toMatchObject({ exit: 7 });
  expect(await runMain(['--dry-run', 'foo'], { env: { PATH: folder } })).toMatchObject({
    exit: 2,
    stderr: 'ops: --dry-run stands before the plugin "foo"\nhint: put flags behind its name\n',
  });
  rmSync(folder, { recursive: true });
});

describe('__complete', () => {
  test.each<[string[], string]>([
    [['table', ''], 'default.logs\nlab.low\nlogs\n'],
    [['table', 'lo'], 'logs\n'],
    [['database', ''], 'default\nlab\n'],
    [['config-key', 'out'], 'output\n'],
    [['topic', 'exit'], 'exit-codes\n'],
    [['context', 'l'], 'lab\nlocal\n'],
    [['nonsense', ''], ''],
    [[], ''],
  ])('%j', async (words, stdout) => {
    expect(await runMain(['__complete', ...words])).toMatchObject({ exit: 0, stdout, stderr: '' });
  });

  test('is silent when everything is broken', async () => {
    const open = (): never => {
      throw new OpsError('invalid_data', 'config is broken');
    };
    expect(await runMain(['__complete', 'table', ''], { open })).toMatchObject({ exit: 0, stdout: '', stderr: '' });
  });
});
