import { beforeEach, describe, expect, test } from 'vitest';
import { OpsError } from '../../src/base/errors.js';
import type { Loop } from '../../src/loops/index.js';
import { runLoop } from '../../src/loops/run-loop.js';
import { type World, world } from './loop-context.js';
import { type ManualTimers, manualTimers } from './manual-timers.js';

const minuteMs = 60_000;

let it: World;
let timers: ManualTimers;

beforeEach(() => {
  it = world();
  timers = manualTimers(it.clock);
});

const loop = (run: Loop['run']): Loop => ({ name: 'a.one', area: 'a', everyMs: minuteMs, run });
const holders = async () => (await it.leases.held(it.clock.now())).map(({ holder }) => holder);

test('a run holds the lease as long as it takes, and gives it back', async () => {
  let finish = (): void => undefined;
  const run = runLoop(
    it.ctx,
    loop(async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return 'done';
    }),
    { timers },
  );
  await timers.advance(10 * minuteMs);
  expect(await holders()).toHaveLength(1);
  finish();
  expect(await run).toEqual({ loop: 'a.one', ran: true, detail: 'done' });
  expect([await holders(), timers.waiting()]).toEqual([[], []]);
});

test('a failure is thrown, kept in the journal, and frees the lease', async () => {
  const fault = new OpsError('unavailable', 'the disk is full', 'free some space');
  const recorded: unknown[] = [];
  const loopJournal = async () => ({
    ...it.journal,
    record: async (_: string, run: object) => void recorded.push(run),
  });
  await expect(
    runLoop(
      { ...it.ctx, loopJournal },
      loop(() => Promise.reject(fault)),
      { timers },
    ),
  ).rejects.toBe(fault);
  expect(recorded).toEqual([{ startedAt: it.clock.now(), ok: false, detail: 'the disk is full' }]);
  expect([await holders(), timers.waiting()]).toEqual([[], []]);
});

describe('renewal', () => {
  const endless = (told: AbortSignal[]) =>
    loop(({ signal }) => {
      told.push(signal);
      return new Promise(() => undefined);
    });

  test('a renewal that fails is made up for by the next', async () => {
    let failing = 0;
    const leases = async () => ({
      ...it.leases,
      acquire: (...lease: Parameters<typeof it.leases.acquire>) =>
        failing-- > 0
          ? Promise.reject(new OpsError('conflict', 'the store is busy', 'try again'))
          : it.leases.acquire(...lease),
    });
    const told: AbortSignal[] = [];
    void runLoop({ ...it.ctx, leases }, endless(told), { timers });
    await timers.advance(minuteMs / 3 - 1);
    failing = 1;
    await timers.advance(minuteMs);
    expect([(await holders()).length, told[0]?.aborted]).toEqual([1, false]);
  });

  test('a run whose lease another process has taken over is told so', async () => {
    const told: AbortSignal[] = [];
    void runLoop(it.ctx, endless(told), { timers });
    await timers.advance(1);
    it.clock.advance(2 * minuteMs);
    await it.leases.acquire('a.one', 'another', minuteMs, it.clock.now());
    await timers.advance(minuteMs);
    expect(told[0]?.reason).toMatchObject({ code: 'conflict' });
    expect(timers.waiting()).toEqual([]);
  });
});

test('a run sees the abort of its context', async () => {
  const controller = new AbortController();
  const run = runLoop(
    { ...it.ctx, signal: controller.signal },
    loop(
      ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(String(signal.reason)))),
    ),
    { timers },
  );
  await timers.advance(1);
  controller.abort('enough');
  expect((await run).detail).toBe('enough');
});
