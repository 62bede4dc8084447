import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDataDir } from '../crash/open.js';
import { queryServiceContract } from './query-service.js';

describe('the query service on a data directory', () => {
  queryServiceContract(async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'ops-contract-'));
    const ctx = await openDataDir(dataDir);
    return {
      service: await ctx.query(),
      close: async () => {
        await ctx.close();
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  });
});

test('who wants the newest rows only does not read the extents of older ones', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ops-newest-'));
  const ctx = await openDataDir(dataDir);
  try {
    const service = await ctx.query();
    for (const day of [1, 3, 2]) {
      const body = Buffer.from(`{"at":"2026-03-0${day}T00:00:00Z","n":${day}}\n`);
      await service.ingest({ database: 'default', table: 'logs', body });
    }
    const question = { database: 'default', sql: 'SELECT n FROM logs ORDER BY at DESC LIMIT 1' };
    expect((await service.explain(question)).tables).toMatchObject([{ extents: 3, extents_scanned: 3 }]);
    expect((await service.explain({ ...question, newestRows: 1 })).tables).toMatchObject([{ extents_scanned: 1 }]);
    const result = await service.query({ ...question, newestRows: 1 });
    const parts: Uint8Array[] = [];
    for await (const part of result.ndjson()) parts.push(part);
    await result.close();
    expect(Buffer.concat(parts).toString()).toBe('{"n":3}\n');
  } finally {
    await ctx.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
