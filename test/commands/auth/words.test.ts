import { describe, expect, test } from 'vitest';
import { parseExpiry } from '../../../src/commands/auth/expiry.js';
import { parseGrants, parseRoleWord } from '../../../src/commands/auth/role-words.js';

const now = new Date('2026-03-01T12:00:00Z');
const codeOf = (work: () => unknown): string => {
  try {
    return JSON.stringify(work());
  } catch (error) {
    return Object(error).code;
  }
};

describe('roles', () => {
  test.each([
    [['query=read'], '{"query":"read"}'],
    [['QUERY=Read', 'sla=viewer'], '{"sla":"VIEWER","query":"read"}'],
    [['query=read, probe=admin'], '{"probe":"ADMIN","query":"read"}'],
    [['query=read', 'query=read'], '{"query":"read"}'],
    [['query=read', 'query=admin'], 'usage'],
    [['query'], 'usage'],
    [['query='], 'usage'],
    [['=read'], 'usage'],
    [['query=ADMINISTRATOR'], 'usage'],
    [['toString=read'], 'usage'],
    [['query=read,'], 'usage'],
  ])('%j is %s', (words, expected) => {
    expect(codeOf(() => parseGrants(words))).toBe(expected);
  });

  test('an area alone has no role', () => {
    expect(parseRoleWord('Pods')).toEqual({ area: 'pods', role: undefined });
  });
});

describe('an end', () => {
  test.each([
    ['30d', '"2026-03-31T12:00:00.000Z"'],
    ['90s', '"2026-03-01T12:01:30.000Z"'],
    ['2026-03-02', '"2026-03-02T00:00:00.000Z"'],
    ['2026-03-01T13:00:00+00:30', '"2026-03-01T12:30:00.000Z"'],
    ['2026-03-01', 'usage'],
    ['2026-02-30', 'usage'],
    ['0s', 'usage'],
    ['now', 'usage'],
    ['', 'usage'],
    ['999999999w', 'usage'],
  ])('%j is %s', (text, expected) => {
    expect(codeOf(() => parseExpiry(text, now))).toBe(expected);
  });
});
