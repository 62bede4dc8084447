import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { placesOf, resolvePath } from '../../src/base/places.js';

const paths = { isAbsolute: posix.isAbsolute, join: (...parts: readonly string[]) => posix.join(...parts) };
const places = (env: Readonly<Record<string, string>>) => placesOf({ env, cwd: '/work', home: '/home/ada', paths });

test.each([
  ['configDir', {}, '/home/ada/.config/ops'],
  ['configDir', { XDG_CONFIG_HOME: '/x' }, '/x/ops'],
  ['configDir', { XDG_CONFIG_HOME: 'x' }, '/home/ada/.config/ops'],
  ['configDir', { XDG_CONFIG_HOME: '/x', OPS_CONFIG_DIR: '/mine' }, '/mine'],
  ['configDir', { OPS_CONFIG_DIR: 'mine' }, '/work/mine'],
  ['dataHome', {}, '/home/ada/.local/share/ops'],
  ['dataHome', { XDG_DATA_HOME: '/x' }, '/x/ops'],
  ['dataHome', { XDG_DATA_HOME: './x' }, '/home/ada/.local/share/ops'],
  ['stateDir', {}, '/home/ada/.local/state/ops'],
  ['stateDir', { XDG_STATE_HOME: '/x' }, '/x/ops'],
  ['cacheDir', {}, '/home/ada/.cache/ops'],
  ['cacheDir', { XDG_CACHE_HOME: '' }, '/home/ada/.cache/ops'],
] as const)('%s with %o is %s', (place, env, expected) => {
  expect(places(env)[place]).toBe(expected);
});

test.each([
  ['~', '/home/ada'],
  ['~/a', '/home/ada/a'],
  ['a', '/base/a'],
  ['/a', '/a'],
  ['~ada/a', '/base/~ada/a'],
])('the path %s is %s', (path, expected) => {
  expect(resolvePath(path, '/base', { home: '/home/ada', paths })).toBe(expected);
});
