import { expect, test } from 'vitest';
import { uuidSource, uuidV7 } from '../../src/base/uuid.js';

test('the example of RFC 9562, appendix A.6', () => {
  // 2022-02-22T19:22:22Z, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F
  const random = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
  expect(uuidV7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
});

test('ids grow strictly, also while the clock stands still or steps back', () => {
  const times = [5, 5, 5, 4, 3, 9];
  const next = uuidSource(
    () => times.shift() ?? 9,
    (count) => new Uint8Array(count).fill(times.length * 20),
  );
  const ids = Array.from({ length: 12 }, next);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
