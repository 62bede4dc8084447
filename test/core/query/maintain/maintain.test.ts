import { beforeEach, describe, expect, test } from 'vitest';
import { memoryStore } from '../../../../src/adapters/memory/store.js';
import { manualClock } from '../../../../src/base/clock.js';
import type { Catalog, QueryMaintenance } from '../../../../src/core/query/index.js';
import { ingestInto } from '../../../../src/core/query/ingest/ingest.js';
import { maintenance } from '../../../../src/core/query/maintain/maintain.js';
import { type FakeExtents, fakeExtents } from '../ingest/fake-extents.js';

const clock = manualClock(new Date('2026-11-21T12:00:00Z'));
let catalog: Catalog;
let extents: FakeExtents;
let upkeep: QueryMaintenance;

beforeEach(() => {
  let ids = 0;
  catalog = memoryStore({ newId: () => `s${String(++ids).padStart(4, '0')}` }).catalog;
  extents = fakeExtents();
  upkeep = maintenance({ catalog, extents, clock }).background;
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const rowsOf = async (database: string, name: string): Promise<string[]> => {
  const table = await catalog.table(database, name);
  if (!table) return [];
  return (await catalog.snapshot(table.id)).extents.flatMap(({ id }) => extents.published.get(id) ?? []);
};

describe('rows of the reserved database', () => {
  const record = (rows: string, key: string) => upkeep.record('audit', { rows: bytes(rows), key });

  test('the table has all its columns from the first row on, and `at` is its time', async () => {
    await record('{"actor":"mira"}\n', 'k1');
    const table = await catalog.table('ops', 'audit');
    expect(table?.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'at datetime',
      'actor string',
      'kind string',
      'action string',
      'subject string',
      'outcome string',
      'status int',
      'request_id string',
      'detail dynamic',
    ]);
    expect(table?.timeColumn).toBe('at');
  });

  test('a key stores once', async () => {
    const acks = [await record('{"actor":"a"}\n', 'k1'), await record('{"actor":"b"}\n', 'k1')];
    expect(acks.map(({ replayed }) => replayed)).toEqual([false, true]);
    expect(await rowsOf('ops', 'audit')).toEqual(['{"actor":"a"}']);
  });

  test('the way in of everybody else stays closed', async () => {
    const ingest = ingestInto({ catalog, extents, clock });
    const request = { database: 'ops', table: 'audit', body: bytes('{"actor":"x"}\n') };
    await expect(ingest(request)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a pass that is told to stop', () => {
  const fill = async (table: string): Promise<void> => {
    const ingest = ingestInto({ catalog, extents, clock });
    for (let n = 0; n < 4; n++) await ingest({ database: 'default', table, body: bytes(`{"n":${n}}\n`) });
  };
  const extentsOf = async (name: string): Promise<number> =>
    (await catalog.snapshot((await catalog.table('default', name))?.id ?? '')).extents.length;

  test('ends between two tables, and the next one does the rest', async () => {
    await fill('a');
    await fill('b');
    const controller = new AbortController();
    const { stageMerge } = extents;
    const telling = {
      ...extents,
      stageMerge: (...merge: Parameters<typeof stageMerge>) => {
        controller.abort();
        return stageMerge(...merge);
      },
    };
    const told = maintenance({ catalog, extents: telling, clock }).background;
    expect(await told.compactDue(controller.signal)).toBe(4);
    expect([await extentsOf('a'), await extentsOf('b')]).toEqual([1, 4]);
    expect(await upkeep.compactDue()).toBe(4);
    expect(await rowsOf('default', 'b')).toEqual(['{"n":0}', '{"n":1}', '{"n":2}', '{"n":3}']);
  });

  test.each(['compactDue', 'retainDue', 'sweep'] as const)('%s does nothing once it is stopped', async (pass) => {
    await fill('a');
    expect(await upkeep[pass](AbortSignal.abort())).toBe(0);
    expect(await extentsOf('a')).toBe(4);
  });
});
