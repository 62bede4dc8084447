import { beforeEach, describe, expect, test } from 'vitest';
import { fixedClock } from '../../src/base/clock.js';
import { OpsError } from '../../src/base/errors.js';
import { type Loop, type LoopReport, startLoops } from '../../src/loops/index.js';
import { type World, world } from './loop-context.js';
import { type ManualTimers, manualTimers, settled } from './manual-timers.js';

const secondMs = 1_000;
const minuteMs = 60_000;

let it: World;
let timers: ManualTimers;
let reports: LoopReport[];

beforeEach(() => {
  it = world();
  timers = manualTimers(it.clock);
  reports = [];
});

const loop = (name: string, run: Loop['run'], rest: Partial<Loop> = {}): Loop => ({
  name,
  area: 'test',
  everyMs: minuteMs,
  run,
  ...rest,
});

const start = (loops: readonly Loop[], options: Partial<Parameters<typeof startLoops>[1]> = {}, ctx = it.ctx) =>
  startLoops(ctx, {
    names: 'all',
    report: (about) => reports.push(about),
    timers,
    random: () => 0.5,
    loops,
    ...options,
  });

/** Seconds since the start at which a loop of this name began. */
const recorder = () => {
  const began: number[] = [];
  const run = async (): Promise<string> => {
    began.push(Math.round(it.clock.monotonicMs() / secondMs));
    return 'done';
  };
  return { began, run };
};

const gate = () => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
};

describe('the pace', () => {
  test('each loop begins shortly after the start, one behind the other, and then at its own pace', async () => {
    const [slow, fast] = [recorder(), recorder()];
    start([loop('a.slow', slow.run), loop('a.fast', fast.run, { everyMs: 20 * secondMs })]);
    expect(timers.waiting()).toEqual([1_000, 1_500]);
    await timers.advance(2 * minuteMs);
    expect(slow.began).toEqual([1, 61]);
    expect(fast.began).toEqual([2, 22, 42, 62, 82, 102]);
    expect(reports[0]).toEqual({ loop: 'a.slow', ran: true, detail: 'done' });
  });

  test.each([
    [0, 500],
    [1, 1_500],
  ])('chance %d moves the first run to %d ms', (chance, first) => {
    start([loop('a.one', recorder().run)], { random: () => chance });
    expect(timers.waiting()).toEqual([first]);
  });

  test('a restart waits until the last run of the journal is old enough', async () => {
    const { began, run } = recorder();
    await it.journal.record('a.one', { startedAt: it.clock.now(), ok: true, detail: '' });
    it.clock.advance(20 * secondMs);
    start([loop('a.one', run)]);
    await timers.advance(2 * minuteMs);
    expect(began).toEqual([60, 120]);
  });

  test('a run that another process made in between counts as one', async () => {
    const { began, run } = recorder();
    start([loop('a.one', run)]);
    await timers.advance(31 * secondMs);
    await it.journal.record('a.one', { startedAt: it.clock.now(), ok: true, detail: '' });
    await timers.advance(70 * secondMs);
    expect(began).toEqual([1, 91]);
  });

  test('a last run in the future, after the clock was set back, holds nothing up', async () => {
    const { began, run } = recorder();
    await it.journal.record('a.one', { startedAt: new Date('2027-01-01T00:00:00Z'), ok: true, detail: '' });
    start([loop('a.one', run)]);
    await timers.advance(10 * secondMs);
    expect(began).toEqual([1]);
  });

  test('a clock that stands still does not stop the loops', async () => {
    const { began, run } = recorder();
    start([loop('a.one', run)], {}, { ...it.ctx, clock: fixedClock(it.clock.now()) });
    await timers.advance(5 * minuteMs);
    expect(began.length).toBeGreaterThanOrEqual(2);
  });

  test('a loop that takes longer than its pace never runs twice at once, and pauses in between', async () => {
    let underWay = 0;
    let most = 0;
    let runs = 0;
    start([
      loop('a.long', async () => {
        runs++;
        most = Math.max(most, ++underWay);
        await new Promise<void>((resolve) => timers.after(90 * secondMs, resolve));
        underWay--;
        return '';
      }),
    ]);
    await timers.advance(5 * minuteMs);
    expect([most, runs]).toEqual([1, 4]);
  });

  test('a loop without work takes no lease and leaves no trace in the journal', async () => {
    let work = false;
    const { began, run } = recorder();
    start([loop('a.one', run, { hasWork: async () => work })]);
    await timers.advance(90 * secondMs);
    expect([began, reports, await it.journal.lastRun('a.one')]).toEqual([[], [], undefined]);
    work = true;
    await timers.advance(minuteMs);
    expect(began).toEqual([121]);
  });

  test('a loop that another process holds is left to it, and asked for again', async () => {
    const { began, run } = recorder();
    await it.leases.acquire('a.one', 'another', 90 * secondMs, it.clock.now());
    start([loop('a.one', run)]);
    await timers.advance(100 * secondMs);
    expect(reports).toEqual([
      { loop: 'a.one', ran: false, detail: 'held by another' },
      { loop: 'a.one', ran: false, detail: 'held by another' },
    ]);
    await timers.advance(minuteMs);
    expect(began).toEqual([121]);
  });
});

describe('failures', () => {
  const broken = new OpsError('unavailable', 'the disk is full', 'free some space');

  test('a failing loop pauses twice as long each time, up to ten minutes, and recovers', async () => {
    const began: number[] = [];
    start([
      loop('a.bad', async () => {
        began.push(Math.floor((it.clock.monotonicMs() - secondMs) / minuteMs));
        if (began.length <= 6) throw broken;
        return 'well again';
      }),
    ]);
    await timers.advance(45 * minuteMs);
    expect(began).toEqual([0, 2, 6, 14, 24, 34, 44]);
    expect(reports.slice(0, 6)).toEqual(Array(6).fill({ loop: 'a.bad', error: broken }));
    await timers.advance(minuteMs);
    expect(began.at(-1)).toBe(45);
  });

  test('one that runs less often than every ten minutes keeps its pace', async () => {
    const began: number[] = [];
    const fail = async () => {
      began.push(Math.floor(it.clock.monotonicMs() / minuteMs));
      throw broken;
    };
    start([loop('a.rare', fail, { everyMs: 60 * minuteMs })]);
    await timers.advance(125 * minuteMs);
    expect(began).toEqual([0, 60, 120]);
  });

  test('the others go on', async () => {
    const { began, run } = recorder();
    start([loop('a.bad', () => Promise.reject(broken)), loop('a.good', run)]);
    await timers.advance(2 * minuteMs);
    expect(began).toEqual([2, 62]);
  });

  test('a store that cannot be asked is a failure like any other', async () => {
    const { began, run } = recorder();
    let gone = true;
    const loopJournal = async () => {
      if (gone) throw broken;
      return it.journal;
    };
    start([loop('a.one', run)], {}, { ...it.ctx, loopJournal });
    await timers.advance(10 * secondMs);
    expect(reports).toEqual([{ loop: 'a.one', error: broken }]);
    gone = false;
    await timers.advance(2 * minuteMs);
    expect(began).toEqual([121]);
  });

  test('a report that throws stops nothing', async () => {
    const { began, run } = recorder();
    const report = () => {
      throw broken;
    };
    start([loop('a.one', run)], { report });
    await timers.advance(70 * secondMs);
    expect(began).toEqual([1, 61]);
  });
});

describe('the stop', () => {
  test('cancels what waits', async () => {
    const { began, run } = recorder();
    const running = start([loop('a.one', run)]);
    await running.stop();
    expect(timers.waiting()).toEqual([]);
    await timers.advance(minuteMs);
    expect(began).toEqual([]);
  });

  test('tells the run in flight, waits for its end, and begins no other', async () => {
    const { open, opened } = gate();
    let told: AbortSignal | undefined;
    let runs = 0;
    const running = start([
      loop('a.one', async ({ signal }) => {
        runs++;
        told = signal;
        await opened;
        return 'finished';
      }),
    ]);
    await timers.advance(2 * secondMs);
    let stopped = false;
    const stop = running.stop().then(() => {
      stopped = true;
    });
    await timers.advance(9 * secondMs);
    expect([told?.aborted, stopped]).toEqual([true, false]);
    open();
    await stop;
    expect(reports).toEqual([{ loop: 'a.one', ran: true, detail: 'finished' }]);
    expect(await it.leases.held(it.clock.now())).toEqual([]);
    await timers.advance(5 * minuteMs);
    expect([runs, timers.waiting()]).toEqual([1, []]);
  });

  test('does not wait longer than ten seconds, and names the loop', async () => {
    const running = start([loop('a.stuck', () => new Promise(() => undefined)), loop('a.fine', recorder().run)]);
    await timers.advance(3 * secondMs);
    reports.length = 0;
    let stopped = false;
    void running.stop().then(() => {
      stopped = true;
    });
    await timers.advance(9_999);
    expect(stopped).toBe(false);
    await timers.advance(1);
    expect(stopped).toBe(true);
    expect(reports).toMatchObject([{ loop: 'a.stuck', error: { code: 'timeout' } }]);
  });

  test('twice is once', async () => {
    const running = start([loop('a.one', recorder().run)]);
    expect(running.stop()).toBe(running.stop());
    await running.stop();
  });

  test('an aborted context begins nothing more', async () => {
    const controller = new AbortController();
    const { began, run } = recorder();
    start([loop('a.one', run)], {}, { ...it.ctx, signal: controller.signal });
    await timers.advance(2 * secondMs);
    controller.abort();
    await timers.advance(5 * minuteMs);
    await settled();
    expect(began).toEqual([1]);
  });
});

test('none runs nothing', () => {
  startLoops(it.ctx, { names: 'none', report: () => undefined, timers });
  expect(timers.waiting()).toEqual([]);
});
