import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isOpsError } from '../../../../src/base/errors.js';
import { type Admission, admission } from '../../../../src/core/query/run/admission.js';

/** Everything that was promised so far has happened. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve();
};

/** Waits that end when the test says so. */
const timers = () => {
  const pending: { readonly ms: number; end(): void }[] = [];
  const wait = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const timer = { ms, end: resolve };
      pending.push(timer);
      signal.addEventListener('abort', () => {
        pending.splice(pending.indexOf(timer), 1);
        resolve();
      });
    });
  return { pending, wait };
};

const never = new AbortController().signal;

const open = (running: number, waiting: number) => {
  const clock = timers();
  const gate = admission({ running, waiting });
  const enter = (signal = never, wallClockMs = 1_000) => gate.enter({ wallClockMs, signal, wait: clock.wait });
  return { gate, enter, clock };
};

const counts = (gate: Admission) => [gate.running(), gate.waiting()];

test('so many run, so many wait, the next is refused with the numbers', async () => {
  const { gate, enter } = open(2, 1);
  const leave = await enter();
  await enter();
  const third = enter();
  expect(counts(gate)).toEqual([2, 1]);
  const refused = await enter().catch((error: unknown) => error);
  expect(isOpsError(refused) && [refused.code, refused.reason, refused.details]).toEqual([
    'limit_exceeded',
    'too_many_requests',
    { retryAfterSeconds: 1 },
  ]);
  expect(String(refused)).toContain('2 run and 1 wait');
  leave();
  await third;
  expect(counts(gate)).toEqual([2, 0]);
});

test('those who wait are let in in their order, and nobody passes them', async () => {
  const { gate, enter } = open(1, 10);
  const order: number[] = [];
  const first = await enter();
  const run = async (id: number) => {
    const leave = await enter();
    order.push(id);
    return leave;
  };
  const waiting = [run(1), run(2), run(3)];
  first();
  const late = run(4);
  for (const one of [...waiting, late]) (await one)();
  expect(order).toEqual([1, 2, 3, 4]);
  expect(counts(gate)).toEqual([0, 0]);
});

test('a place is given back once', async () => {
  const { gate, enter } = open(1, 10);
  const leave = await enter();
  leave();
  leave();
  expect(gate.running()).toBe(0);
  await enter();
  leave();
  expect(gate.running()).toBe(1);
});

test('who has waited for its whole wall clock leaves with that limit', async () => {
  const { gate, enter, clock } = open(1, 10);
  const leave = await enter();
  const second = enter(never, 50);
  const third = enter(never, 70);
  expect(clock.pending.map(({ ms }) => ms)).toEqual([50, 70]);
  clock.pending[0]?.end();
  await expect(second).rejects.toMatchObject({
    code: 'limit_exceeded',
    reason: 'wall_clock_exceeded',
    details: { limit: 50, unit: 'wall_clock_ms' },
  });
  expect(counts(gate)).toEqual([1, 1]);
  leave();
  (await third)();
  expect(counts(gate)).toEqual([0, 0]);
  expect(clock.pending).toEqual([]);
});

test('who is aborted leaves with the reason, waiting or not yet there', async () => {
  const { gate, enter, clock } = open(1, 10);
  const leave = await enter();
  const gone = new AbortController();
  const reason = new Error('the client went away');
  const second = enter(gone.signal);
  const third = enter();
  gone.abort(reason);
  await expect(second).rejects.toBe(reason);
  await expect(enter(gone.signal)).rejects.toBe(reason);
  leave();
  (await third)();
  expect(counts(gate)).toEqual([0, 0]);
  expect(clock.pending).toEqual([]);
});

test('an abort after the entry changes nothing', async () => {
  const { gate, enter } = open(1, 10);
  const controller = new AbortController();
  const leave = await enter();
  const second = enter(controller.signal);
  leave();
  const leaveSecond = await second;
  controller.abort();
  expect(counts(gate)).toEqual([1, 0]);
  leaveSecond();
  expect(counts(gate)).toEqual([0, 0]);
});

type Step = { readonly kind: 'enter' | 'leave' | 'abort' | 'late'; readonly which: number };
const steps = fc.array(
  fc.record({ kind: fc.constantFrom<Step['kind']>('enter', 'enter', 'leave', 'abort', 'late'), which: fc.nat(20) }),
  { maxLength: 60 },
);

test('whatever happens, no bound is passed, nobody is forgotten and nothing leaks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.nat(4), steps, async (running, waiting, script) => {
      const { gate, enter, clock } = open(running, waiting);
      const inside: (() => void)[] = [];
      const aborts: AbortController[] = [];
      const entered: number[] = [];
      const ended: Promise<unknown>[] = [];
      let ids = 0;
      for (const { kind, which } of script) {
        if (kind === 'enter') {
          const id = ids++;
          const controller = new AbortController();
          aborts.push(controller);
          ended.push(
            enter(controller.signal).then(
              (leave) => {
                entered.push(id);
                inside.push(leave);
              },
              () => undefined,
            ),
          );
        }
        if (kind === 'leave') inside.splice(which % Math.max(1, inside.length), 1)[0]?.();
        if (kind === 'abort') aborts[which]?.abort(new Error('gone'));
        if (kind === 'late') clock.pending[which]?.end();
        await settle();
        expect(gate.running()).toBeLessThanOrEqual(running);
        expect(gate.waiting()).toBeLessThanOrEqual(waiting);
        expect(gate.running()).toBe(inside.length);
        // A place stands empty only where nobody waits.
        if (gate.running() < running) expect(gate.waiting()).toBe(0);
      }
      while (inside.length > 0) {
        inside.pop()?.();
        await settle();
      }
      await Promise.all(ended);
      expect(counts(gate)).toEqual([0, 0]);
      expect(clock.pending).toEqual([]);
      expect(entered).toEqual([...entered].sort((a, b) => a - b));
    }),
  );
});
