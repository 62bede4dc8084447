import { expect, test } from 'vitest';
import { turnstile } from '../../../src/core/identity/turnstile.js';

const refused = new Error('refused');

/** Works that end when they are told to. */
const works = (atOnce: number, mostWaiting: number) => {
  const gate = turnstile({ atOnce, mostWaiting, refuse: () => refused });
  const running = new Map<string, (failure?: Error) => void>();
  const started: string[] = [];
  const settled = new Map<string, Promise<unknown>>();
  const start = (name: string, key?: string): Promise<unknown> => {
    const passed = gate.pass(
      () =>
        new Promise<string>((resolve, reject) => {
          started.push(name);
          running.set(name, (failure) => (failure ? reject(failure) : resolve(name)));
        }),
      key,
    );
    settled.set(
      name,
      passed.catch((error: unknown) => error),
    );
    return passed;
  };
  const end = async (name: string, failure?: Error): Promise<unknown> => {
    running.get(name)?.(failure);
    const outcome = await settled.get(name);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    return outcome;
  };
  return { start, started, end };
};

test('so many at once, the others in their order', async () => {
  const { start, started, end } = works(2, 10);
  for (const name of ['a', 'b', 'c', 'd']) void start(name);
  await Promise.resolve();
  expect(started).toEqual(['a', 'b']);
  expect(await end('b')).toBe('b');
  expect(started).toEqual(['a', 'b', 'c']);
  await end('a');
  expect(started).toEqual(['a', 'b', 'c', 'd']);
});

test('works of one key follow one another, others pass them', async () => {
  const { start, started, end } = works(2, 10);
  void start('alice-1', 'alice');
  void start('alice-2', 'alice');
  void start('bob', 'bob');
  await Promise.resolve();
  expect(started).toEqual(['alice-1', 'bob']);
  await end('bob');
  expect(started).toEqual(['alice-1', 'bob']);
  await end('alice-1');
  expect(started).toEqual(['alice-1', 'bob', 'alice-2']);
});

test('a work that fails gives its place to the next', async () => {
  const { start, started, end } = works(1, 10);
  start('a').catch(() => undefined);
  void start('b');
  await Promise.resolve();
  expect(await end('a', new Error('broken'))).toMatchObject({ message: 'broken' });
  expect(started).toEqual(['a', 'b']);
});

test('too many waiting are refused, and room is room again', async () => {
  const { start, started, end } = works(1, 1);
  void start('a');
  void start('b');
  await expect(start('c')).rejects.toBe(refused);
  await end('a');
  void start('d');
  await end('b');
  expect(started).toEqual(['a', 'b', 'd']);
});
