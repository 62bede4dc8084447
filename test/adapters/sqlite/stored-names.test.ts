import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { storedNames } from '../../../src/adapters/sqlite/stored-names.js';
import { storeOn } from './open.js';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'ops-names-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

test('offers what others may see, by name', async () => {
  const store = storeOn(dataDir);
  const now = new Date('2026-03-01T12:00:00Z');
  const column = { name: 'a', type: 'long', declared: true } as const;
  await store.catalog.createTable({ database: 'lab', name: 'low', columns: [column], now });
  await store.catalog.createTable({ database: 'default', name: 'logs', columns: [column], now });
  await store.catalog.createTable({ database: 'default', name: 'unborn', columns: [], now });
  expect(storedNames(dataDir)).toEqual({
    databases: ['default', 'lab'],
    tables: [
      { database: 'default', name: 'logs' },
      { database: 'lab', name: 'low' },
    ],
  });
  await store.close();
});

test('of a store that was never written there is the default database', () => {
  expect(storedNames(join(dataDir, 'none'))).toEqual({ databases: ['default'], tables: [] });
});
