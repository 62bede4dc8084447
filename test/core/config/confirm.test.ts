import { describe, expect, test } from 'vitest';
import { consentTo, isConsent } from '../../../src/core/config/index.js';

const open = { context: 'prod', protected: false, yes: false, confirm: undefined, noInput: false };
const question = { what: 'delete table "logs"', consequence: '3 rows are lost.' };

describe('consent', () => {
  test.each([
    ['asks for y', {}, {}, { kind: 'yes' }],
    ['--yes answers', { yes: true }, {}, { kind: 'given' }],
    ['a name has to be typed', {}, { name: 'logs' }, { kind: 'name', name: 'logs' }],
    ['--yes is not enough for a name', { yes: true }, { name: 'logs' }, { kind: 'name', name: 'logs' }],
    ['--confirm answers', { confirm: 'logs' }, { name: 'logs' }, { kind: 'given' }],
    ['a protected context asks for its name', { protected: true, yes: true }, {}, { kind: 'name', name: 'prod' }],
    ['--confirm CONTEXT answers there', { protected: true, confirm: 'prod' }, {}, { kind: 'given' }],
    ['flags answer where nobody can be asked', { yes: true, noInput: true }, {}, { kind: 'given' }],
  ])('%s', (_name, consent, more, expected) => {
    expect(consentTo({ ...question, ...more }, { ...open, ...consent })).toEqual(expected);
  });

  test.each([
    ['nobody can be asked', { noInput: true }, {}, '--yes'],
    ['--yes for a protected context', { noInput: true, yes: true, protected: true }, {}, '--confirm prod'],
    ['--confirm of something else', { confirm: 'lgs' }, { name: 'logs' }, '--confirm logs'],
  ])('refused as usage: %s', (_name, consent, more, hint) => {
    expect(() => consentTo({ ...question, ...more }, { ...open, ...consent })).toThrowError(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining(hint) }),
    );
  });

  test.each([
    ['y', true],
    ['YES ', true],
    ['', false],
    ['n', false],
    ['yep', false],
    ['logs', false],
  ])('%j to y/N is consent: %s', (answer, expected) => {
    expect(isConsent(answer, { kind: 'yes' })).toBe(expected);
  });
  test.each([
    ['logs', true],
    ['y', false],
    ['', false],
    ['Logs', false],
  ])('%j to a name is consent: %s', (answer, expected) => {
    expect(isConsent(answer, { kind: 'name', name: 'logs' })).toBe(expected);
  });
});
