import { describe, expect, it } from 'vitest';
import { isOpsError } from '../../../../src/base/errors.js';
import { parseLinePattern, refusedPattern } from '../../../../src/core/query/files/pattern.js';

const faultOf = (source: string): unknown => {
  try {
    return parseLinePattern(source);
  } catch (error) {
    return isOpsError(error)
      ? { code: error.code, column: error.at?.column, source: error.source, message: error.message }
      : error;
  }
};

describe('a line pattern', () => {
  it.each([
    ['(?<a>x)(?P<b>y)', '(?P<a>x)(?P<b>y)', ['a', 'b']],
    ['(x)(?:y)(?i:z)(?i)(?<a>.)', '(?:x)(?:y)(?i:z)(?i)(?P<a>.)', ['a']],
    [
      String.raw`\((?<a>[()\]]+)[^]](?<b>[[:alpha:](]+)`,
      String.raw`\((?P<a>[()\]]+)[^]](?P<b>[[:alpha:](]+)`,
      ['a', 'b'],
    ],
    [String.raw`\Q(?<\E(?<a>x)`, String.raw`\Q(?<\E(?P<a>x)`, ['a']],
  ])('%s', (source, re2, columns) => {
    expect(parseLinePattern(source)).toEqual({ re2, columns, source });
  });

  it.each([
    ['(?<a>x', 1, 'never closed'],
    ['(?<a>x))', 8, 'closes nothing'],
    ['(?<a>[x)', 6, 'never closed'],
    ['ab(?=x)', 3, 'look-ahead'],
    ['(?<!x)', 1, 'look-behind'],
    ['(?<1a>x)', 1, 'not a group name'],
    ['(?<a>x)(?<A>y)', 8, 'two groups'],
    ['(?<body>x)', 1, 'have that column'],
    ['(?>x)', 1, 'no group of RE2'],
    ['(?<a', 1, 'never closed with'],
    ['plain', 1, 'no named group'],
  ])('%s is refused at column %i', (source, column, message) => {
    expect(faultOf(source)).toEqual({ code: 'usage', column, source, message: expect.stringContaining(message) });
  });

  it.each([
    ['(?<a>\\y)', 'invalid escape sequence: \\y', 6],
    ['(?<a>x**)', 'bad repetition operator: **', 7],
    ['(?<a>x)\\', 'trailing \\', 8],
  ])('points at what the engine refuses in %s', (source, refusal, column) => {
    expect(refusedPattern({ re2: source, columns: ['a'], source }, refusal).at).toEqual({ line: 1, column });
  });
});
