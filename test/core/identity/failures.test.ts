import { expect, test } from 'vitest';
import { waitSeconds } from '../../../src/core/identity/failures.js';

const limit = { most: 3, windowMs: 60_000 };

test.each([
  ['nothing failed', [], 0, undefined],
  ['fewer than the limit', [0, 1], 2, undefined],
  ['as many as the limit', [0, 1, 2], 2, 60],
  ['the oldest counts to the millisecond', [0, 30_000, 40_000], 59_999, 1],
  ['the oldest has left the window', [0, 30_000, 40_000], 60_000, undefined],
  ['only the last ones count', [0, 1, 50_000, 55_000, 58_000], 59_000, 51],
  ['a clock that was set back makes nobody wait for longer than the window', [9e9, 9e9, 9e9], 0, 60],
])('%s', (_, failures, now, wait) => {
  expect(waitSeconds(failures, limit, now)).toBe(wait);
});
