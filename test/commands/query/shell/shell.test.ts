import { Command } from 'commander';
import { expect, test } from 'vitest';
import { OpsError } from '../../../../src/base/errors.js';
import type { LineReader, Typed } from '../../../../src/commands/query/shell/line-reader.js';
import { Shell } from '../../../../src/commands/query/shell/shell.js';
import type { ShellSource } from '../../../../src/commands/query/shell/source.js';
import type { QueryResult } from '../../../../src/core/query/index.js';
import { type Ran, resultOf, runCommand } from '../run-command.js';

/** A keyboard with a script; an `interrupt` is pressed where `pressDuring` says so. */
const scripted = (script: readonly (string | Typed)[], prompts: string[] = []) => {
  const left = [...script];
  let entries: readonly string[] = [];
  let interrupt = (): void => undefined;
  const keyboard: LineReader = {
    next: async (prompt) => {
      prompts.push(prompt);
      const typed = left.shift() ?? { kind: 'end' };
      if (typeof typed !== 'string') return typed;
      entries = [typed, ...entries];
      return { kind: 'line', text: typed };
    },
    during: async (stop, work) => {
      interrupt = stop;
      return work();
    },
    history: () => entries,
    change: (history) => {
      entries = history;
    },
    close: () => undefined,
  };
  return { keyboard, prompts, press: () => interrupt() };
};

const tables = [{ name: 'checkout', columns: [{ name: 'level', type: 'string' }] }];

const play = async (
  script: readonly (string | Typed)[],
  query: (sql: string, signal: AbortSignal, press: () => void) => Promise<QueryResult> = async () =>
    resultOf(['{"n":1}']),
): Promise<Ran & { readonly prompts: readonly string[]; readonly history: readonly string[] }> => {
  const { keyboard, prompts, press } = scripted(script);
  const source = (label: string): ShellSource => ({
    label,
    query: (sql, signal) => query(sql, signal, press),
    tables: async () => tables,
    databases: async () => ['default', 'shop'],
    inDatabase: async (name) => (name === 'shop' ? source('shop') : undefined),
  });
  const errorText = (error: unknown): string => `shown: ${error instanceof Error ? error.message : String(error)}\n`;
  const ran = await runCommand(
    (ctx) => new Command().action(() => new Shell(ctx, { source: source('default'), keyboard, errorText }).run()),
    [],
  );
  return { ...ran, prompts, history: keyboard.history() };
};

test('answers statements and ends at Ctrl-D', async () => {
  const { exit, stdout, prompts } = await play(['SELECT 1;', 'SELECT', '2;']);
  expect([exit, stdout]).toEqual([0, '{"n":1}\n{"n":1}\n']);
  expect(prompts).toEqual(['default> ', 'default> ', '      -> ', 'default> ']);
});

test('a mistake is shown and the shell goes on', async () => {
  let asked = 0;
  const { exit, stdout, said } = await play(['SELECT x;', 'SELECT 1;'], async () => {
    asked++;
    if (asked === 1) throw new OpsError('invalid_data', 'no column x', 'look again');
    return resultOf(['{"n":1}']);
  });
  expect([exit, stdout, said[0]]).toEqual([0, '{"n":1}\n', 'raw: shown: no column x\n']);
});

test('.mode changes the format of later answers, .mode auto takes it back', async () => {
  const { stdout } = await play(['.mode csv', 'SELECT 1;', '.mode auto', 'SELECT 1;']);
  expect(stdout).toBe('n\r\n1\r\n{"n":1}\n');
});

test('.timer on says what an answer took', async () => {
  const { said } = await play(['.timer on', 'SELECT 1;', '.timer off', 'SELECT 1;']);
  expect(said.filter((line) => line.includes('scanned'))).toHaveLength(1);
});

test('.schema lists columns, of one table too, and helps with a wrong name', async () => {
  const { stdout, said } = await play(['.schema', '.schema checkout', '.schema chekout']);
  const row = '{"table":"checkout","column":"level","type":"string"}\n';
  expect(stdout).toBe(row + row);
  expect(said[0]).toContain('did you mean checkout?');
});

test('.db moves to another database and names those that exist otherwise', async () => {
  const { prompts, said } = await play(['.db shop', '.db nowhere']);
  expect(prompts[1]).toBe('shop> ');
  expect(said[0]).toContain('there are: default, shop');
});

test('.quit leaves at once', async () => {
  const { stdout } = await play(['.quit', 'SELECT 1;']);
  expect(stdout).toBe('');
});

test('Ctrl-C drops what is being typed; on an empty line it tells how to leave', async () => {
  const interrupt: Typed = { kind: 'interrupt', hadText: false };
  const { said, prompts, stdout } = await play(['SELECT', interrupt, interrupt, 'SELECT 1;']);
  expect(prompts).toEqual(['default> ', '      -> ', 'default> ', 'default> ', 'default> ']);
  expect([said[0], said[1]?.includes('.quit'), stdout]).toEqual(['raw: ^C\n', true, '{"n":1}\n']);
});

test('Ctrl-C stops a running query without showing an error, and the shell goes on', async () => {
  let asked = 0;
  const { exit, stdout, said } = await play(['SELECT slow;', 'SELECT 1;'], async (_sql, signal, press) => {
    asked++;
    if (asked > 1) return resultOf(['{"n":1}']);
    press();
    throw new OpsError('interrupted', signal.aborted ? 'stopped by hand' : 'not stopped', 'again');
  });
  expect([exit, stdout]).toEqual([0, '{"n":1}\n']);
  expect(said.join()).not.toContain('shown:');
});

test('a statement over several lines is one entry of the history', async () => {
  const { history } = await play(['SELECT 1', '  FROM checkout;']);
  expect(history).toEqual(['SELECT 1 FROM checkout;']);
});
