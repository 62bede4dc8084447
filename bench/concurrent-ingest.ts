import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openContext } from '../src/wire.js';

/** 1,000 batches of 50 rows from 8 writers in one process, each awaited until durable; then one compaction. */
export const concurrentIngest = async (): Promise<{
  rowsPerSecond: number;
  extentsBefore: number;
  extentsAfter: number;
}> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ops-bench-'));
  const ctx = await openContext({
    globals: { dataDir },
    env: process.env,
    cwd: process.cwd(),
    streams: process,
    controller: new AbortController(),
    setExit: () => undefined,
  });
  const service = await ctx.query();
  const encoder = new TextEncoder();
  const batch = (n: number) =>
    encoder.encode(
      Array.from(
        { length: 50 },
        (_, row) =>
          `{"timestamp":"2026-11-20T00:00:00.${String(row).padStart(3, '0')}Z","batch":${n},"row":${row},"message":"request handled"}\n`,
      ).join(''),
    );
  const bodies = Array.from({ length: 1_000 }, (_, n) => batch(n));
  await service.ingest({ database: 'default', table: 'logs', body: batch(-1) });
  const started = performance.now();
  let next = 0;
  const writer = async () => {
    for (let n = next++; n < bodies.length; n = next++) {
      const body = bodies[n];
      if (body) await service.ingest({ database: 'default', table: 'logs', body });
    }
  };
  await Promise.all(Array.from({ length: 8 }, writer));
  const seconds = (performance.now() - started) / 1_000;
  const compacted = await service.compact('default', 'logs');
  await ctx.close();
  rmSync(dataDir, { recursive: true, force: true });
  return {
    rowsPerSecond: Math.round(50_000 / seconds),
    extentsBefore: compacted.extents_before,
    extentsAfter: compacted.extents_after,
  };
};
