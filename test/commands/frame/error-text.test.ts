import { describe, expect, test } from 'vitest';
import { faults, OpsError } from '../../../src/base/errors.js';
import { asOpsError } from '../../../src/commands/frame/as-ops-error.js';
import { errorForm, errorText } from '../../../src/commands/frame/error-text.js';

describe('the text of an error', () => {
  test('is what happened and what to do', () => {
    const error = new OpsError('not_found', 'table "logs" not found', 'see `ops logs schema`');
    expect(errorText(error, 'text')).toBe('ops: table "logs" not found\nhint: see `ops logs schema`\n');
  });

  test.each(Object.keys(faults))('always has a hint: %s', (code) => {
    const [known] = Object.entries(faults).filter(([name]) => name === code);
    expect(known).toBeDefined();
    const error = Object.assign(new OpsError('internal', 'broken'), { code });
    expect(errorText(error, 'text')).toMatch(/^ops: broken\nhint: \S.+\n$/);
  });

  test('stays on two lines and steers no terminal', () => {
    const error = new OpsError('invalid_data', 'first\n  second \u001b[31mred', 'do\r\nthis');
    expect(errorText(error, 'text')).toBe('ops: first second \\x1b[31mred\nhint: do this\n');
  });

  test.each([
    ['select 1 frm x', 1, 10, '  select 1 frm x\n           ^'],
    ['select\n\tfrom', 2, 2, '   from\n   ^'],
    ['日本 x', 1, 4, '  日本 x\n       ^'],
    ['abc', 1, 99, '  abc\n     ^'],
  ])('%j points at %i:%i', (source, line, column, expected) => {
    const error = new OpsError('invalid_data', 'wrong', 'fix it', { source, at: { line, column } });
    expect(errorText(error, 'text')).toBe(`ops: wrong\n${expected}\nhint: fix it\n`);
  });

  test('cuts a long line around the place', () => {
    const source = `${'a'.repeat(500)}!${'b'.repeat(500)}`;
    const error = new OpsError('invalid_data', 'wrong', 'fix it', { source, at: { line: 1, column: 501 } });
    const [, shown = '', caret = ''] = errorText(error, 'text').split('\n');
    expect(shown.length).toBeLessThanOrEqual(80);
    expect(shown[caret.indexOf('^')]).toBe('!');
  });

  test('shows no line where the place is outside the text', () => {
    const error = new OpsError('invalid_data', 'wrong', 'fix it', { source: 'a', at: { line: 7, column: 1 } });
    expect(errorText(error, 'text')).toBe('ops: wrong\nhint: fix it\n');
  });

  test('as JSON is one line with code, exit and the facts', () => {
    const error = new OpsError('invalid_data', 'a\nb', 'fix it', { reason: 'sql_parse_error', requestId: 'r-1' });
    expect(JSON.parse(errorText(error, 'json'))).toEqual({
      error: {
        code: 'invalid_data',
        message: 'a\nb',
        hint: 'fix it',
        exit: 9,
        requestId: 'r-1',
        reason: 'sql_parse_error',
      },
    });
    expect(errorText(error, 'json').trimEnd()).not.toContain('\n');
  });
});

describe('errors are JSON', () => {
  test.each<[string[], Record<string, string>, string]>([
    [['query'], {}, 'text'],
    [['query', '-o', 'json'], {}, 'json'],
    [['query', '-ojson'], {}, 'json'],
    [['query', '-qojson'], {}, 'json'],
    [['query', '--output=ndjson'], {}, 'json'],
    [['query', '--json'], {}, 'json'],
    [['query', '-o', 'csv'], {}, 'text'],
    [['query', '--json', '-o', 'csv'], {}, 'text'],
    [['query', '--', '--json'], {}, 'text'],
    [['query'], { OPS_ERROR_FORMAT: 'json' }, 'json'],
    [['query', '-o', 'csv'], { OPS_ERROR_FORMAT: 'json' }, 'json'],
    [['query'], { OPS_OUTPUT: 'json' }, 'text'],
  ])('%j %j: %s', (argv, env, form) => {
    expect(errorForm(argv, env)).toBe(form);
  });
});

describe('what was thrown', () => {
  const commander = (code: string, message: string): Error => Object.assign(new Error(message), { code });

  test.each([
    ["error: missing required argument 'table'", 'missing argument TABLE'],
    ["error: required option '--db <name>' not specified", "missing flag '--db <name>'"],
    ['error: too many arguments. Expected 1 argument but got 2.', 'too many arguments: 1 expected, 2 given'],
  ])('%s', (message, expected) => {
    expect(asOpsError(commander('commander.x', message), 'ops ingest TABLE')).toMatchObject({
      code: 'usage',
      exit: 2,
      message: expected,
      hint: 'usage: ops ingest TABLE',
    });
  });

  test.each([
    [new TypeError('x is undefined'), 'x is undefined'],
    ['a string', 'a string'],
    [new Error(''), 'an unknown error without a message'],
  ])('%s is a bug', (thrown, message) => {
    expect(asOpsError(thrown)).toMatchObject({ code: 'internal', exit: 70, message });
  });

  test('of our own stays as it is', () => {
    const error = new OpsError('conflict', 'locked');
    expect(asOpsError(error)).toBe(error);
  });
});
