import { beforeEach, describe, expect, test } from 'vitest';
import { OpsError } from '../../src/base/errors.js';
import { type IngestAck, scanNdjson } from '../../src/core/query/index.js';
import type { OpsEvent } from '../../src/core/shared/index.js';
import { projection } from '../../src/loops/project.js';
import { pruning } from '../../src/loops/prune.js';
import { type World, world } from './loop-context.js';

interface Stored {
  readonly table: string;
  readonly key: string;
  readonly rows: readonly Record<string, unknown>[];
}

const dayMs = 86_400_000;

let it: World;
/** What was really stored: a key that is known adds nothing, as the service promises. */
let stored: Stored[];
let failing: 'before' | 'after' | undefined;

const record = async (table: string, { rows, key }: { rows: Uint8Array; key: string }): Promise<IngestAck> => {
  if (failing === 'before') throw new OpsError('unavailable', 'the disk is full', 'free some space');
  expect(scanNdjson(rows).ok).toBe(true);
  const lines = new TextDecoder().decode(rows).trim().split('\n');
  const replayed = stored.some((batch) => batch.key === key);
  if (!replayed) stored.push({ table, key, rows: lines.map((line) => JSON.parse(line)) });
  if (failing === 'after') throw new OpsError('internal', 'killed', 'start again');
  return { snapshot_id: 's', extent_count: 1, rows_ingested: lines.length, bytes_written: 1, replayed };
};

beforeEach(() => {
  stored = [];
  failing = undefined;
  it = world({ maintenance: { record } });
});

const event = (type: string, payload: OpsEvent['payload'] = {}, subject = 'default.logs'): OpsEvent => ({
  type,
  subject,
  at: it.clock.now(),
  payload,
});

const audit = (actor: string): OpsEvent => event('audit.write', { actor });
const actors = () => stored.flatMap(({ rows }) => rows.map(({ actor }) => actor));
const newest = () => it.events.newest();
const run = () => projection.run(it.ctx);
const crash = async (): Promise<void> => {
  failing = 'after';
  await expect(run()).rejects.toThrow('killed');
  failing = undefined;
};

test('an audit event becomes a row: known fields are columns, the rest is its detail', async () => {
  await it.events.append([
    event('audit.write', {
      actor: 'mira',
      kind: 'session',
      action: 'token.create',
      outcome: 'done',
      status: 201,
      request_id: 'r-1',
      name: 'ci',
      roles: { query: 'read' },
      expires_at: null,
    }),
    event('audit.denied', { status: 'forbidden', actor: 7 }, '/v1/ingest'),
    event('audit.write'),
  ]);
  expect(await run()).toBe('3 events stored as rows');
  const at = '2026-03-01T12:00:00.000Z';
  const nothing = { actor: null, kind: null, outcome: null, status: null, request_id: null };
  expect(stored).toEqual([
    {
      table: 'audit',
      key: 'outbox:audit:1-3',
      rows: [
        {
          at,
          actor: 'mira',
          kind: 'session',
          action: 'token.create',
          subject: 'default.logs',
          outcome: 'done',
          status: 201,
          request_id: 'r-1',
          detail: { name: 'ci', roles: { query: 'read' } },
        },
        // What has the wrong kind for its column is not lost.
        { ...nothing, at, action: 'denied', subject: '/v1/ingest', detail: { status: 'forbidden', actor: 7 } },
        { ...nothing, at, action: 'write', subject: 'default.logs', detail: null },
      ],
    },
  ]);
});

test('nothing but the projected types becomes a row, and the cursor passes the others', async () => {
  await it.events.append([event('ingest.committed'), audit('a'), event('auditor.x'), event('ingest.committed')]);
  await run();
  expect(actors()).toEqual(['a']);
  expect(await it.events.cursor('projector')).toBe(await newest());
});

test('many events are stored in batches of at most a thousand, each once', async () => {
  const names = Array.from({ length: 2_345 }, (_, index) => `a${index}`);
  await it.events.append(names.flatMap((name) => [event('ingest.committed'), audit(name)]));
  expect(await run()).toBe('2345 events stored as rows');
  expect(stored.map(({ rows }) => rows.length)).toEqual([1_000, 1_000, 345]);
  expect(actors()).toEqual(names);
  expect(await run()).toBe('0 events stored as rows');
});

describe('a crash', () => {
  test('between storing and the cursor stores once, though more has happened since', async () => {
    await it.events.append([audit('a'), audit('b')]);
    await crash();
    await it.events.append([audit('c'), event('ingest.committed'), audit('d')]);
    await run();
    expect(actors()).toEqual(['a', 'b', 'c', 'd']);
    expect(stored.map(({ key }) => key)).toEqual(['outbox:audit:1-2', 'outbox:audit:3-5']);
  });

  test('again and again stores once', async () => {
    await it.events.append([audit('a')]);
    for (const name of ['b', 'c', 'd']) {
      await crash();
      await it.events.append([audit(name)]);
    }
    await run();
    expect(actors()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('before storing loses nothing', async () => {
    await it.events.append([audit('a')]);
    failing = 'before';
    await expect(run()).rejects.toThrow('disk is full');
    failing = undefined;
    await it.events.append([audit('b')]);
    await run();
    expect(actors()).toEqual(['a', 'b']);
  });
});

test('a run that is told to stop ends between two batches', async () => {
  const controller = new AbortController();
  await it.events.append(Array.from({ length: 1_500 }, (_, index) => audit(`a${index}`)));
  const maintenance = async () => {
    controller.abort();
    return it.ctx.maintenance();
  };
  await projection.run({ ...it.ctx, maintenance, signal: controller.signal });
  expect(actors()).toHaveLength(1_000);
  await run();
  expect(actors()).toHaveLength(1_500);
});

test.each([
  ['half a character', { note: 'x\ud800y' }, { omitted_bytes: expect.any(Number) }],
  ['a megabyte', { note: 'x'.repeat(2 ** 20) }, { omitted_bytes: expect.any(Number) }],
])('%s in the detail is left out, and holds up nothing behind it', async (_, payload, detail) => {
  await it.events.append([event('audit.write', { actor: 'a\udfff', ...payload }), audit('b')]);
  await run();
  expect(actors()).toEqual(['a\ufffd', 'b']);
  expect(stored[0]?.rows[0]?.['detail']).toEqual(detail);
});

describe('whether there is work', () => {
  const hasWork = () => projection.hasWork?.(it.ctx);

  test('not in an empty log, not for events that become no rows, not once all is stored', async () => {
    expect(await hasWork()).toBe(false);
    await it.events.append([event('ingest.committed')]);
    expect(await hasWork()).toBe(false);
    await it.events.append([audit('a')]);
    expect(await hasWork()).toBe(true);
    await run();
    expect(await hasWork()).toBe(false);
  });

  test('after a crash, and when many events have to be passed over', async () => {
    await it.events.append([audit('a')]);
    await crash();
    expect(await hasWork()).toBe(true);
    await run();
    await it.events.append(Array.from({ length: 1_001 }, () => event('ingest.committed')));
    expect(await hasWork()).toBe(true);
    await run();
    expect(await hasWork()).toBe(false);
  });
});

describe('pruning', () => {
  const prune = () => pruning.run(it.ctx);

  test('waits for rows that were never stored, however old the events are', async () => {
    await it.events.append([audit('a'), event('ingest.committed')]);
    it.clock.advance(30 * dayMs);
    expect(await prune()).toBe('0 events forgotten');
    await run();
    expect(await prune()).toBe('2 events forgotten');
    expect(actors()).toEqual(['a']);
  });

  test('forgets nothing that is younger than a week', async () => {
    await it.events.append([audit('a')]);
    await run();
    it.clock.advance(6 * dayMs);
    expect(await prune()).toBe('0 events forgotten');
    it.clock.advance(dayMs + 1);
    expect(await prune()).toBe('1 event forgotten');
  });
});
