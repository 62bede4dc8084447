import { beforeEach, describe, expect, test } from 'vitest';
import { memoryStore } from '../../../../src/adapters/memory/store.js';
import { manualClock } from '../../../../src/base/clock.js';
import { OpsError } from '../../../../src/base/errors.js';
import type { Catalog, IngestAck, IngestRequest } from '../../../../src/core/query/index.js';
import { ingestInto, maxBodyBytes } from '../../../../src/core/query/ingest/ingest.js';
import { type FakeExtents, fakeExtents } from './fake-extents.js';

let catalog: Catalog;
let extents: FakeExtents;
let ingest: (request: IngestRequest) => Promise<IngestAck>;
const clock = manualClock(new Date('2026-11-21T12:00:00Z'));
let ids = 0;

beforeEach(() => {
  ids = 0;
  catalog = memoryStore({ newId: () => `s${String(++ids).padStart(4, '0')}` }).catalog;
  extents = fakeExtents();
  ingest = ingestInto({ catalog, extents, clock });
});

const send = (lines: string, rest: Partial<IngestRequest> = {}): Promise<IngestAck> =>
  ingest({ database: 'default', table: 'logs', body: new TextEncoder().encode(lines), ...rest });

const stored = async (): Promise<string[]> => {
  const table = await catalog.table('default', 'logs');
  if (!table) return [];
  return (await catalog.snapshot(table.id)).extents.flatMap(({ id }) => extents.published.get(id) ?? []);
};

const columns = async (): Promise<string[]> =>
  ((await catalog.table('default', 'logs'))?.columns ?? []).map(({ name, type }) => `${name} ${type}`);

const refusal = async (work: Promise<unknown>): Promise<OpsError> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof OpsError) return error;
    throw error;
  }
  throw new OpsError('internal', 'nothing was refused');
};

describe('a request is atomic', () => {
  test('rows are visible when it resolves, and the table is what they say', async () => {
    const ack = await send('{"at":"2026-11-21T12:00:00Z","n":1}\n{"n":2.5}\n');
    expect(ack).toMatchObject({ extent_count: 1, rows_ingested: 2, replayed: false });
    expect(await stored()).toHaveLength(2);
    expect(await columns()).toEqual(['at datetime', 'n real']);
    expect((await catalog.table('default', 'logs'))?.timeColumn).toBe('at');
  });

  test.each([
    ['malformed JSON', '{"a":1}\n{"a":}\n', 'line 2', 'bad_request_body'],
    ['an array', '[1]\n', 'line 1', 'bad_request_body'],
    ['an empty body', '', 'no row', 'bad_request_body'],
    ['only blank lines', '\n\r\n', 'no row', 'bad_request_body'],
    ['nothing but nulls, with no table to put them in', '{"a":null}\n{}\n', 'no columns yet', 'bad_request_body'],
  ])('%s stores nothing and makes no table', async (_, lines, said, reason) => {
    const error = await refusal(send(lines));
    expect(error).toMatchObject({ code: 'invalid_data', reason });
    expect(error.message).toContain(said);
    expect(await stored()).toEqual([]);
    expect(extents.staged.size + extents.published.size).toBe(0);
    expect(await columns()).toEqual([]);
  });

  test('lines are counted from where the caller says', async () => {
    const error = await refusal(send('{"a":1}\n{"a":}\n', { firstLine: 50_001 }));
    expect(error.message).toContain('line 50002');
    expect(error.details).toEqual({ line: 50_002, column: 6 });
  });

  test('a failing disk refuses everyone who waited, stores nothing, and the next one succeeds', async () => {
    await send('{"a":0}\n');
    extents.fail('publish', new OpsError('unavailable', 'no space is left', 'free some'), 1);
    const outcomes = await Promise.allSettled([send('{"a":1}\n')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected']);
    expect(await stored()).toEqual(['{"a":0}']);
    expect(extents.staged.size).toBe(0);
    await send('{"a":2}\n');
    expect(await stored()).toEqual(['{"a":0}', '{"a":2}']);
  });

  test('an unknown failure is ingest_failed and keeps its cause', async () => {
    const cause = new TypeError('surprise');
    extents.fail('stage', cause, 1);
    expect(await refusal(send('{"a":1}\n'))).toMatchObject({ code: 'internal', reason: 'ingest_failed', cause });
  });
});

describe('requests that wait together share an extent', () => {
  test('and each is told its own rows', async () => {
    await send('{"a":0}\n');
    const gate = extents.hold();
    const first = send('{"a":1}\n');
    const waiting = [send('{"a":2}\n{"a":3}\n'), send('{"a":4}\n'), send('{"b":true}\n')];
    gate.open();
    const acks = await Promise.all([first, ...waiting]);
    expect(acks.map(({ rows_ingested }) => rows_ingested)).toEqual([1, 2, 1, 1]);
    expect(new Set(acks.slice(1).map(({ snapshot_id }) => snapshot_id)).size).toBe(1);
    expect(await stored()).toEqual(['{"a":0}', '{"a":1}', '{"a":2}', '{"a":3}', '{"a":4}', '{"b":true}']);
    expect(await columns()).toEqual(['a long', 'b bool']);
  });

  test('but one that does not fit its column is refused alone', async () => {
    await catalog.createTable({
      database: 'default',
      name: 'logs',
      columns: [{ name: 'a', type: 'long', declared: true }],
      now: clock.now(),
    });
    const gate = extents.hold();
    const first = send('{"a":1}\n');
    const waiting = [send('{"a":2}\n'), send('{"a":3}\n{"a":"x"}\n', { firstLine: 10 }), send('{"a":4}\n')];
    gate.open();
    const outcomes = await Promise.allSettled([first, ...waiting]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    const [, , refused] = outcomes;
    expect(refused?.status === 'rejected' && refused.reason.message).toContain('line 11: column "a" is long');
    expect(await stored()).toEqual(['{"a":1}', '{"a":2}', '{"a":4}']);
  });

  test('keys that differ in case stay one column, also between requests', async () => {
    const gate = extents.hold();
    const all = [send('{"Level":1}\n'), send('{"level":2}\n'), send('{"LEVEL":3,"level":4}\n')];
    gate.open();
    await Promise.all(all);
    expect(await columns()).toEqual(['Level long']);
  });
});

describe('idempotency', () => {
  test('the same key again adds nothing and is answered as the first time', async () => {
    const first = await send('{"a":1}\n', { idempotencyKey: 'k' });
    const again = await send('{"another":"body"}\n', { idempotencyKey: 'k' });
    expect(again).toEqual({ ...first, replayed: true });
    expect(await stored()).toEqual(['{"a":1}']);
  });

  test('two at once store once: the later one waits for the first', async () => {
    const acks = await Promise.all([1, 2, 3].map(() => send('{"a":1}\n', { idempotencyKey: 'k' })));
    expect(acks.map(({ replayed }) => replayed).sort()).toEqual([false, true, true]);
    expect(await stored()).toEqual(['{"a":1}']);
  });

  test('a failed request burns no key; the one that waited runs', async () => {
    extents.fail('stage', new OpsError('unavailable', 'no space is left', 'free some'), 1);
    const outcomes = await Promise.allSettled([1, 2].map((n) => send(`{"a":${n}}\n`, { idempotencyKey: 'k' })));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await stored()).toEqual(['{"a":2}']);
  });

  test('a key belongs to its table, lasts 24 hours, and an empty one is none', async () => {
    await send('{"a":1}\n', { idempotencyKey: 'k' });
    expect(await send('{"a":1}\n', { idempotencyKey: 'k', table: 'other' })).toMatchObject({ replayed: false });
    await send('{"a":2}\n', { idempotencyKey: '' });
    await send('{"a":2}\n', { idempotencyKey: '' });
    expect(await stored()).toHaveLength(3);
    clock.advance(24 * 3_600_000 + 1);
    expect(await send('{"a":3}\n', { idempotencyKey: 'k' })).toMatchObject({ replayed: false });
  });

  test('a key over 1,024 bytes is refused', async () => {
    expect(await refusal(send('{"a":1}\n', { idempotencyKey: 'ü'.repeat(513) }))).toMatchObject({
      reason: 'bad_request',
    });
    expect(await send('{"a":1}\n', { idempotencyKey: 'ü'.repeat(512) })).toMatchObject({ replayed: false });
  });
});

describe('what is refused before anything is read', () => {
  test.each([
    ['a bad table name', { table: 'no blanks' }, 'bad_request', 'invalid_data'],
    ['a bad database name', { database: '../etc' }, 'bad_request', 'invalid_data'],
    ['the reserved database', { database: 'ops' }, 'forbidden', 'forbidden'],
    ['a table that does not exist, without auto-create', { autoCreate: false }, 'table_not_found', 'not_found'],
    ['a body over 64 MiB', { body: new Uint8Array(maxBodyBytes + 1) }, 'body_too_large', 'limit_exceeded'],
  ])('%s', async (_, rest, reason, code) => {
    expect(await refusal(send('{"a":1}\n', rest))).toMatchObject({ code, reason });
  });
});

describe('schemas of two writers', () => {
  test('columns that both add at once are all there', async () => {
    const other = ingestInto({ catalog, extents, clock });
    const body = (text: string) => ({ database: 'default', table: 'logs', body: new TextEncoder().encode(text) });
    await send('{"a":1}\n');
    await Promise.all([send('{"a":1,"b":2}\n'), other(body('{"a":"x","c":3}\n'))]);
    expect((await columns()).sort()).toEqual(['a string', 'b long', 'c long']);
    expect(await stored()).toHaveLength(3);
  });

  test('--no-evolve drops unknown keys and refuses what does not fit', async () => {
    await send('{"a":1}\n');
    await send('{"a":2,"new":true}\n', { evolve: false });
    expect(await columns()).toEqual(['a long']);
    expect(await refusal(send('{"a":"x"}\n', { evolve: false }))).toMatchObject({ reason: 'bad_request_body' });
  });
});
