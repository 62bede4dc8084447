import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OpsEvent } from '../../src/core/shared/index.js';
import type { OpenedStore } from './stores.js';

const minuteMs = 60_000;

/** What every event log promises. */
export const eventLogContract = (open: () => OpenedStore): void => {
  let store: OpenedStore;
  beforeEach(() => {
    store = open();
  });
  afterEach(() => store.close());

  const event = (type: string, rest: Partial<OpsEvent> = {}): OpsEvent => ({
    type,
    subject: 'default.logs',
    at: store.clock.now(),
    payload: { rows: 2, name: 'é' },
    ...rest,
  });
  const types = async (after = 0, limit = 10, wanted?: readonly string[]) =>
    (await store.events.after(after, limit, wanted)).map(({ type }) => type);

  test('an empty log has no newest event', async () => {
    expect([await store.events.newest(), await store.events.after(0, 10)]).toEqual([0, []]);
  });

  test('events come back as they were, oldest first, each with a larger sequence', async () => {
    await store.events.append([event('a.one', { key: 'k' }), event('b.two')]);
    const [first, second] = await store.events.after(0, 10);
    expect(first).toEqual({ ...event('a.one', { key: 'k' }), sequence: first?.sequence });
    expect(second?.sequence).toBeGreaterThan(first?.sequence ?? 0);
    expect(await store.events.newest()).toBe(second?.sequence);
    expect(await types(first?.sequence)).toEqual(['b.two']);
    expect(await types(0, 1)).toEqual(['a.one']);
  });

  test('an event whose key is there already is left out', async () => {
    await store.events.append([event('a.one', { key: 'k' }), event('a.again', { key: 'k' })]);
    await store.events.append([event('a.later', { key: 'k' }), event('a.other')]);
    expect(await types()).toEqual(['a.one', 'a.other']);
  });

  test.each([
    [[], ['ingest.committed', 'ingester.x', 'probe.checked']],
    [['ingest.'], ['ingest.committed']],
    [
      ['probe.', 'ingest'],
      ['ingest.committed', 'ingester.x', 'probe.checked'],
    ],
    [['%'], []],
  ])('types that start with one of %j', async (wanted, found) => {
    await store.events.append([event('ingest.committed'), event('ingester.x'), event('probe.checked')]);
    expect(await types(0, 10, wanted)).toEqual(found);
  });

  test('a cursor begins at nothing and never moves back', async () => {
    expect(await store.events.cursor('projector')).toBe(0);
    await store.events.advance('projector', 7);
    await store.events.advance('projector', 3);
    expect(await store.events.cursor('projector')).toBe(7);
  });

  test('pruning leaves young events and those that a consumer has not passed', async () => {
    await store.events.append([event('old.one'), event('old.two')]);
    const [first] = await store.events.after(0, 1);
    store.clock.advance(minuteMs);
    await store.events.append([event('young')]);
    const newest = await store.events.newest();
    await store.events.advance('fast', newest);
    await store.events.advance('slow', first?.sequence ?? 0);
    expect(await store.events.prune(store.clock.now())).toBe(1);
    expect(await types()).toEqual(['old.two', 'young']);
    await store.events.advance('slow', newest);
    expect(await store.events.prune(store.clock.now())).toBe(1);
    expect(await types()).toEqual(['young']);
  });

  test('a sequence is never used twice, though the log was emptied', async () => {
    await store.events.append([event('a.one')]);
    const before = await store.events.newest();
    store.clock.advance(1);
    await store.events.prune(store.clock.now());
    await store.events.append([event('a.two')]);
    expect(await store.events.newest()).toBeGreaterThan(before);
  });
};

/** What leases and the journal of the loops promise. */
export const leasesContract = (open: () => OpenedStore): void => {
  let store: OpenedStore;
  beforeEach(() => {
    store = open();
  });
  afterEach(() => store.close());
  const acquire = (holder: string) => store.leases.acquire('query.sweep', holder, minuteMs, store.clock.now());

  describe('leases', () => {
    test('one holder at a time; renewing keeps the fence', async () => {
      expect(await acquire('a')).toEqual({ fence: 1 });
      expect(await acquire('b')).toBeUndefined();
      store.clock.advance(minuteMs - 1);
      expect(await acquire('a')).toEqual({ fence: 1 });
      store.clock.advance(minuteMs - 1);
      expect(await acquire('b')).toBeUndefined();
    });

    test('a dead holder loses it at expiry, and the fence grows', async () => {
      await acquire('a');
      store.clock.advance(minuteMs);
      expect(await acquire('b')).toEqual({ fence: 2 });
      expect(await acquire('a')).toBeUndefined();
    });

    test('only its holder can release it', async () => {
      await acquire('a');
      await store.leases.release('query.sweep', 'b');
      expect(await acquire('b')).toBeUndefined();
      await store.leases.release('query.sweep', 'a');
      expect(await acquire('b')).toEqual({ fence: 2 });
    });

    test('held lists the leases that have not expired', async () => {
      await acquire('a');
      await store.leases.acquire('query.retention', 'b', minuteMs / 2, store.clock.now());
      expect((await store.leases.held(store.clock.now())).map(({ name, holder }) => [name, holder])).toEqual([
        ['query.retention', 'b'],
        ['query.sweep', 'a'],
      ]);
      store.clock.advance(minuteMs / 2);
      expect(await store.leases.held(store.clock.now())).toEqual([
        { name: 'query.sweep', holder: 'a', expiresAt: new Date('2026-03-01T12:01:00Z') },
      ]);
    });
  });

  test('the journal knows when a loop began its last run', async () => {
    expect(await store.loopJournal.lastRun('query.sweep')).toBeUndefined();
    for (const ok of [true, false]) {
      store.clock.advance(minuteMs);
      await store.loopJournal.record('query.sweep', { startedAt: store.clock.now(), ok, detail: '3 files removed' });
    }
    expect(await store.loopJournal.lastRun('query.sweep')).toEqual(new Date('2026-03-01T12:02:00Z'));
  });
};
