import { expect, test } from 'vitest';
import { usesColour, usesUnicode } from '../../src/render/index.js';

test.each([
  ['a flag beats NO_COLOR', 'always', { NO_COLOR: '1' }, false, true],
  ['a flag beats FORCE_COLOR', 'never', { FORCE_COLOR: '1' }, true, false],
  ['NO_COLOR beats FORCE_COLOR', 'auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  ['an empty NO_COLOR says nothing', 'auto', { NO_COLOR: '' }, true, true],
  ['FORCE_COLOR works without a terminal', 'auto', { FORCE_COLOR: '1' }, false, true],
  ['FORCE_COLOR=0 is off', 'auto', { FORCE_COLOR: '0' }, true, false],
  ['CLICOLOR_FORCE works too', 'auto', { CLICOLOR_FORCE: '1' }, false, true],
  ['CLICOLOR_FORCE=0 is off', 'auto', { CLICOLOR_FORCE: '0' }, true, false],
  ['FORCE_COLOR beats a dumb terminal', 'auto', { FORCE_COLOR: '1', TERM: 'dumb' }, true, true],
  ['a dumb terminal has none', 'auto', { TERM: 'dumb' }, true, false],
  ['a terminal has colour', 'auto', {}, true, true],
  ['a pipe has none', 'auto', {}, false, false],
] as const)('%s', (_, flag, env, isTerminal, colour) => {
  expect(usesColour({ flag, env, isTerminal })).toBe(colour);
});

test.each([
  [{}, true],
  [{ LANG: 'de_DE.UTF-8' }, true],
  [{ LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, false],
  [{ LANG: 'C.utf8', TERM: 'linux' }, false],
])('unicode with %j: %s', (env, unicode) => {
  expect(usesUnicode(env)).toBe(unicode);
});
