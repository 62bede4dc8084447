import { expect, test } from 'vitest';
import { runCommand as command } from '../../src/commands/run.js';
import { runCommand } from './query/run-command.js';

/** Leases and journal of a store that nobody else uses. */
const idle = () => {
  const ran: string[] = [];
  const zero = async (): Promise<number> => 0;
  return {
    ran,
    other: {
      newId: () => 'id',
      maintenance: async () => Object({ compactDue: zero, retainDue: zero, sweep: zero }),
      events: async () =>
        Object({ newest: zero, prune: zero, after: async () => [], cursor: zero, advance: async () => undefined }),
      leases: async () => ({
        acquire: async (name: string) => {
          ran.push(name);
          return { fence: 1 };
        },
        release: async () => undefined,
        held: async () => [],
      }),
      loopJournal: async () => ({ lastRun: async () => undefined, record: async () => undefined }),
    },
  };
};

test('run --due runs every loop once, one row each', async () => {
  const { ran, other } = idle();
  const { exit, stdout } = await runCommand(command, ['--due'], { other });
  const rows: readonly { readonly loop: string; readonly ran: boolean }[] = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(exit).toBe(0);
  expect(rows.map(({ loop }) => loop)).toEqual(ran);
  expect(rows.every((row) => row.ran)).toBe(true);
});

test('run --due query runs that area only', async () => {
  const { ran, other } = idle();
  await runCommand(command, ['--due', 'query'], { other });
  expect([ran.length > 0, ran.every((name) => name.startsWith('query.'))]).toEqual([true, true]);
});

test.each([
  [[], 2, /--due/],
  [['--due', 'qery'], 3, /run --due query/],
])('run %j: exit %i', async (words, exit, hint) => {
  const { other, ran } = idle();
  const result = await runCommand(command, words, { other });
  expect([result.exit, ran]).toEqual([exit, []]);
  expect(result.error?.hint).toMatch(hint);
});

test('a dry run names the loops', async () => {
  const { other, ran } = idle();
  const { said } = await runCommand(command, ['--due'], { other, settings: { dryRun: true } });
  expect([ran, said[0]?.includes('query.')]).toEqual([[], true]);
});
