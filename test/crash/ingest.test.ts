import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDataDir } from './open.js';

const rounds = 50;
const rowsPerBatch = 20;

/** The same kills in every run. */
const seeded = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

/** Kills a writer after it has acknowledged `acks` batches and some more microseconds; what it acknowledged. */
const killedWriter = (args: readonly string[], acks: number, extraMs: number): Promise<string[]> =>
  new Promise((done) => {
    const child: ChildProcess = spawn(
      process.execPath,
      ['--import', 'tsx', join(import.meta.dirname, 'writer.ts'), ...args],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let said = '';
    let doomed = false;
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk;
      if (doomed || said.split('\n').length <= acks) return;
      doomed = true;
      setTimeout(() => child.kill('SIGKILL'), extraMs);
    });
    // A line that was cut off by the kill was not said.
    child.on('close', () => done(said.split('\n').slice(0, -1)));
  });

const rowsOf = async (dataDir: string): Promise<Map<string, { rows: number; distinct: number }>> => {
  const ctx = await openDataDir(dataDir);
  const service = await ctx.query();
  const result = await service.query({
    database: 'default',
    sql: 'SELECT writer, round, batch, count(*) AS n, count(DISTINCT "row") AS d FROM logs GROUP BY ALL',
  });
  let text = '';
  for await (const chunk of result.ndjson()) text += new TextDecoder().decode(chunk);
  await result.close();
  await ctx.close();
  const found = new Map<string, { rows: number; distinct: number }>();
  for (const line of text.split('\n').filter((part) => part !== '')) {
    const row = JSON.parse(line) as { writer: string; round: string; batch: number; n: number; d: number };
    found.set(`${row.writer}/${row.round}/${row.batch}`, { rows: row.n, distinct: row.d });
  }
  return found;
};

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name);

test(`${rounds} × kill -9 of two writers: each acknowledged row once, no half batch, no orphan file`, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ops-crash-'));
  const random = seeded(20_261_121);
  const acknowledged = new Set<string>();
  try {
    for (let round = 0; round < rounds; round++) {
      const writers = ['a', 'b'].map(async (writer) => {
        const said = await killedWriter([dataDir, writer, String(round)], 1 + Math.floor(random() * 12), random() * 30);
        for (const batch of said) acknowledged.add(`${writer}/${round}/${batch}`);
      });
      await Promise.all(writers);
    }
    const stored = await rowsOf(dataDir);
    expect(acknowledged.size).toBeGreaterThan(rounds);
    expect([...acknowledged].filter((batch) => !stored.has(batch))).toEqual([]);
    expect([...stored].filter(([, { rows, distinct }]) => rows !== rowsPerBatch || distinct !== rowsPerBatch)).toEqual(
      [],
    );

    // Two hours later the sweep has nothing left to explain: every file is an extent of the catalogue.
    const later = await openDataDir(dataDir, new Date(Date.now() + 7_200_000).toISOString());
    await (await later.maintenance()).sweep();
    const { extent_count: extents } = await (await later.query()).describe('default', 'logs');
    await later.close();
    expect(filesUnder(join(dataDir, 'tmp'))).toEqual([]);
    expect(filesUnder(join(dataDir, 'extents'))).toHaveLength(extents);
    expect((await rowsOf(dataDir)).size).toBe(stored.size);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 600_000);
