import { expect, test } from 'vitest';
import { dataBackupCommand } from '../../../src/commands/data/backup.js';
import { dataRestoreCommand } from '../../../src/commands/data/restore.js';
import { dataUsageCommand } from '../../../src/commands/data/usage.js';
import { dataVerifyCommand } from '../../../src/commands/data/verify.js';
import type { DataDirectory, VerifyRow } from '../../../src/core/shared/index.js';
import { runCommand } from '../query/run-command.js';

const directory = (rows: readonly VerifyRow[] = []) => {
  const calls: string[] = [];
  const stand: DataDirectory = {
    path: '/data',
    backup: async (file) => {
      calls.push(`backup ${file}`);
      return { file, files: 3, bytes: 2_048 };
    },
    restore: async (file) => {
      calls.push(`restore ${file}`);
      return { file, files: 3, bytes: 2_048 };
    },
    async *verify() {
      yield* rows;
    },
    usage: async () => [{ area: 'query', what: 'extents', files: 2, bytes: 100 }],
  };
  return { calls, other: { dataDirectory: async () => stand } };
};

test.each([
  ['backup', dataBackupCommand],
  ['restore', dataRestoreCommand],
])('data %s prints what was done, and a dry run does nothing', async (verb, command) => {
  const real = directory();
  const { stdout } = await runCommand(command, ['monday.tar'], real);
  expect([JSON.parse(stdout), real.calls]).toEqual([
    { file: 'monday.tar', files: 3, bytes: 2_048 },
    [`${verb} monday.tar`],
  ]);
  const dry = directory();
  const ran = await runCommand(command, ['monday.tar'], { ...dry, settings: { dryRun: true } });
  expect([ran.stdout, dry.calls, ran.said[0]?.startsWith('note: dry run')]).toEqual(['', [], true]);
});

test('data restore refuses a read-only context', async () => {
  const { other, calls } = directory();
  const { exit } = await runCommand(dataRestoreCommand, ['monday.tar'], { other, settings: { readOnly: true } });
  expect([exit, calls]).toEqual([4, []]);
});

const ok: VerifyRow = { subject: 'ops.db', status: 'ok', detail: 'sound' };
const bad: VerifyRow = { subject: 'extent 1', status: 'fail', detail: 'missing' };

test.each([
  ['all is well', [ok], {}, 0],
  ['one fails', [ok, bad, ok], {}, 1],
  ['one fails and nobody reads on', [ok, ok, bad], { stdoutIsClosed: true }, 1],
])('data verify: %s', async (_, rows, world, exit) => {
  expect((await runCommand(dataVerifyCommand, [], { ...directory(rows), ...world })).exit).toBe(exit);
});

test('data verify counts on stderr', async () => {
  const { said } = await runCommand(dataVerifyCommand, [], directory([ok, bad]));
  expect(said).toEqual(['summary: 1 ok, 1 failed']);
});

test('data usage shows bars where a table is asked for, plain numbers elsewhere', async () => {
  expect((await runCommand(dataUsageCommand, [], directory())).stdout).toBe(
    '{"area":"query","what":"extents","files":2,"bytes":100}\n',
  );
  expect((await runCommand(dataUsageCommand, [], { ...directory(), format: 'table' })).stdout).toMatch(/100 B .*100%/);
});
