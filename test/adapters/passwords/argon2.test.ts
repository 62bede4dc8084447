import { expect, test } from 'vitest';
import { argon2Hasher } from '../../../src/adapters/passwords/index.js';

const { hash, verify } = argon2Hasher();

test('a hash is argon2id with the parameters of OWASP, salted, and opens for its password only', async () => {
  const [one, two] = await Promise.all([hash('correct horse battery'), hash('correct horse battery')]);
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[^$]{22}\$[^$]{43}$/);
  expect(one).not.toBe(two);
  expect(await verify(one, 'correct horse battery')).toBe(true);
  expect(await verify(one, 'correct horse batterz')).toBe(false);
  expect(await verify(one, '')).toBe(false);
});

test('one password in two spellings of Unicode is the same', async () => {
  expect(await verify(await hash('caf\u00e9 caf\u00e9'), 'cafe\u0301 cafe\u0301')).toBe(true);
});

test('the event loop goes on while passwords are hashed', async () => {
  let turns = 0;
  let isDone = false;
  const hashing = Promise.all(Array.from({ length: 4 }, () => hash('correct horse battery'))).finally(() => {
    isDone = true;
  });
  const turn = (): void => {
    turns++;
    if (!isDone) setImmediate(turn);
  };
  turn();
  await hashing;
  expect(turns).toBeGreaterThan(10);
});
