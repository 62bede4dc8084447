import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, type Store } from '../../src/adapters/sqlite/index.js';
import { type ManualClock, manualClock } from '../../src/base/clock.js';
import { type Loop, type LoopContext, type LoopReport, startLoops } from '../../src/loops/index.js';
import { runLoop } from '../../src/loops/run-loop.js';
import { world } from '../loops/loop-context.js';
import { manualTimers, settled } from '../loops/manual-timers.js';
import { countingIds, start, temporaryDirectory } from './stores.js';

const minuteMs = 60_000;

interface Process {
  readonly store: Store;
  readonly ctx: LoopContext;
}

let directory: ReturnType<typeof temporaryDirectory>;
let clock: ManualClock;
let one: Process;
let other: Process;

/** As a process would have it: a store of its own on the common directory. */
const openProcess = (name: string): Process => {
  const store = openStore({
    dataDir: join(directory.path, 'data'),
    lockTimeoutMs: 1_000,
    clock,
    newId: countingIds(name),
  });
  const context: Partial<LoopContext> = {
    events: async () => store.events,
    leases: async () => store.leases,
    loopJournal: async () => store.loopJournal,
    clock,
    newId: countingIds(name),
  };
  return { store, ctx: world({ context }).ctx };
};

beforeEach(() => {
  directory = temporaryDirectory();
  clock = manualClock(start);
  one = openProcess('one');
  other = openProcess('other');
});

afterEach(async () => {
  await one.store.close();
  await other.store.close();
  directory.remove();
});

const loop = (run: Loop['run']): Loop => ({ name: 'query.sweep', area: 'query', everyMs: minuteMs, run });

test('two processes never run one loop at the same time, and together they keep its pace', async () => {
  const timers = manualTimers(clock);
  const reports: LoopReport[] = [];
  const runs: string[] = [];
  let underWay = 0;
  let most = 0;
  const slow = (process: string): Loop =>
    loop(async () => {
      runs.push(process);
      most = Math.max(most, ++underWay);
      await new Promise<void>((resolve) => timers.after(15_000, resolve));
      underWay--;
      return 'done';
    });
  const running = [one, other].map(({ ctx }, index) =>
    startLoops(ctx, {
      names: 'all',
      loops: [slow(index === 0 ? 'one' : 'other')],
      report: (about) => reports.push(about),
      timers,
      random: () => index,
    }),
  );
  await timers.advance(10 * minuteMs);
  expect(most).toBe(1);
  expect(runs.length).toBeGreaterThanOrEqual(10);
  expect(runs.length).toBeLessThanOrEqual(11);
  expect(reports.filter((report) => 'error' in report)).toEqual([]);
  const stopped = running.map(({ stop }) => stop());
  await timers.advance(10_000);
  await Promise.all(stopped);
});

test('the loop of a process that died is taken over once its lease has expired', async () => {
  // Its timers stand still, as those of a dead process do: nothing renews the lease, and the run never ends.
  const dead = { after: () => ({ cancel: () => undefined }) };
  const never = loop(() => new Promise(() => undefined));
  void runLoop(one.ctx, never, { timers: dead });
  await settled();

  const timers = manualTimers(clock);
  const took = loop(async () => 'taken over');
  clock.advance(minuteMs - 1);
  expect(await runLoop(other.ctx, took, { timers })).toMatchObject({
    ran: false,
    detail: `held by ${process.pid}-one-0001`,
  });
  clock.advance(1);
  expect(await runLoop(other.ctx, took, { timers })).toEqual({ loop: 'query.sweep', ran: true, detail: 'taken over' });
});

test('a living process keeps its loop however long a run takes', async () => {
  const timers = manualTimers(clock);
  let finish = (): void => undefined;
  const long = runLoop(
    one.ctx,
    loop(async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return 'done';
    }),
    { timers },
  );
  for (let minutes = 0; minutes < 5; minutes++) {
    await timers.advance(minuteMs);
    expect(
      (
        await runLoop(
          other.ctx,
          loop(async () => 'mine'),
          { timers },
        )
      ).ran,
    ).toBe(false);
  }
  finish();
  expect((await long).ran).toBe(true);
  expect(
    (
      await runLoop(
        other.ctx,
        loop(async () => 'mine'),
        { timers },
      )
    ).ran,
  ).toBe(true);
});
