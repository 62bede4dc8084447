import { expect, test } from 'vitest';
import { historyText, parseHistory, withStatement } from '../../../../src/commands/query/shell/history.js';
import { nothingPending, promptOf, takeLine } from '../../../../src/commands/query/shell/session.js';

/** Feeds lines and collects what is to be done, and the prompt after each line. */
const feed = (...lines: readonly string[]) => {
  let pending = nothingPending;
  const steps: unknown[] = [];
  const prompts: string[] = [];
  for (const line of lines) {
    const taken = takeLine(pending, line);
    pending = taken.pending;
    steps.push(...taken.steps);
    prompts.push(promptOf('default', pending));
  }
  return { steps, prompts, pending };
};

test('a statement runs at its semicolon, over as many lines as it takes', () => {
  expect(feed('SELECT 1', '  FROM t', ';')).toMatchObject({
    steps: [{ do: 'run', sql: 'SELECT 1\n  FROM t' }],
    prompts: ['     -> ', '     -> ', 'default> '].map((prompt) => prompt.padStart(9)),
  });
});

test('several statements on one line run in their order, the rest waits', () => {
  expect(feed('SELECT 1; SELECT 2; SELECT')).toMatchObject({
    steps: [
      { do: 'run', sql: 'SELECT 1' },
      { do: 'run', sql: 'SELECT 2' },
    ],
    pending: { text: 'SELECT' },
  });
});

test.each([
  ["SELECT 'a", "'> "],
  ['SELECT "a', '"> '],
  ['SELECT $$a', '$> '],
  ['SELECT /* a', '*> '],
  ['SELECT a', '-> '],
])('after %j the prompt shows what is open', (line, mark) => {
  const [prompt = ''] = feed(line).prompts;
  expect([prompt.endsWith(mark), prompt.length]).toEqual([true, 'default> '.length]);
});

test('a dot line is a command between statements only', () => {
  expect(feed('.help').steps).toMatchObject([{ do: 'dot', command: { kind: 'help' } }]);
  expect(feed('SELECT 1', '.5;').steps).toEqual([{ do: 'run', sql: 'SELECT 1\n.5' }]);
});

test('an empty line reminds of the semicolon, but not inside a string', () => {
  expect(feed('', '').steps).toEqual([]);
  expect(feed('SELECT 1', '').steps).toEqual([{ do: 'remind' }]);
  expect(feed("SELECT 'a", '', "b';").steps).toEqual([{ do: 'run', sql: "SELECT 'a\n\nb'" }]);
});

test('the history keeps a statement of several lines as one entry that runs again', () => {
  const entries = ['FROM t;', 'SELECT 1', '.help', 'SELECT 0;'];
  expect(withStatement(entries, { statement: 'SELECT 1\nFROM t', lines: ['SELECT 1', 'FROM t;'] })).toEqual([
    'SELECT 1 FROM t;',
    '.help',
    'SELECT 0;',
  ]);
});

test('a statement that fits on no one line stays as its lines', () => {
  const entries = ["b';", "SELECT 'a"];
  expect(withStatement(entries, { statement: "SELECT 'a\nb'", lines: ["SELECT 'a", "b';"] })).toEqual(entries);
});

test('a repeated statement moves to the front', () => {
  expect(withStatement(['SELECT 1;', 'x;', 'SELECT 1;'], { statement: 'SELECT 1', lines: ['SELECT 1;'] })).toEqual([
    'SELECT 1;',
    'x;',
  ]);
});

test('what is written is read back, the newest thousand', () => {
  const entries = Array.from({ length: 1_200 }, (_, index) => `SELECT ${index};`);
  expect(parseHistory(historyText(entries))).toEqual(entries.slice(0, 1_000));
  expect([historyText([]), parseHistory('')]).toEqual(['', []]);
});
