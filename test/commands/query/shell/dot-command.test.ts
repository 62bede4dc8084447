import { expect, test } from 'vitest';
import { dotCommands, helpText, parseDotCommand } from '../../../../src/commands/query/shell/dot-command.js';

test.each([
  ['.mode csv', { kind: 'mode', format: 'csv' }],
  ['  .mode auto ', { kind: 'mode', format: undefined }],
  ['.schema', { kind: 'schema', table: undefined }],
  ['.schema logs', { kind: 'schema', table: 'logs' }],
  ['.schema "my ""table"', { kind: 'schema', table: 'my "table' }],
  ['.schema logs;', { kind: 'schema', table: 'logs' }],
  ['.timer on', { kind: 'timer', on: true }],
  ['.timer off', { kind: 'timer', on: false }],
  ['.db shop', { kind: 'db', database: 'shop' }],
  ['.help', { kind: 'help' }],
  ['.quit', { kind: 'quit' }],
  ['.exit', { kind: 'quit' }],
])('%j is understood', (line, command) => {
  expect(parseDotCommand(line)).toEqual(command);
});

test.each([
  ['.mode', '.mode: "" is not a format', /table/],
  ['.mode xml', '.mode: "xml" is not a format', /csv/],
  ['.timer', '.timer: "" is neither on nor off', /\.timer on/],
  ['.timer maybe', '.timer: "maybe" is neither on nor off', /\.timer on/],
  ['.db', '.db: the name of a database is missing', /default/],
  ['.hlep', 'no shell command .hlep', /did you mean \.help/],
  ['.', 'no shell command .', /\.help/],
  ['.constructor', 'no shell command .constructor', /\.help/],
  ['.quit now please', '.quit: too many words', /\.quit/],
])('%j is refused with a way on', (line, message, hint) => {
  expect(parseDotCommand(line)).toEqual({ kind: 'wrong', message, hint: expect.stringMatching(hint) });
});

test.each(dotCommands.map(({ usage }) => [usage]))('.help explains %s', (usage) => {
  expect(helpText()).toContain(usage);
});

test('.help fits into 80 columns', () => {
  expect(
    helpText()
      .split('\n')
      .filter((line) => line.length > 80),
  ).toEqual([]);
});
