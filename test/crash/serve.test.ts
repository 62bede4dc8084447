import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openDataDir } from './open.js';

const rounds = 25;
const clients = 6;
const batches = 60;
const rowsPerBatch = 10;
const opsPath = resolve(import.meta.dirname, '../../bin/ops.js');

/** The same kills in every run. */
const seeded = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

interface Served {
  readonly port: number;
  readonly ended: Promise<number | null>;
  kill(signal: 'SIGKILL' | 'SIGTERM'): void;
}

const serve = async (dataDir: string): Promise<Served> => {
  const child: ChildProcess = spawn(
    process.execPath,
    [opsPath, 'serve', '-q', '--listen', '127.0.0.1:0', '--data-dir', dataDir],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const port = await new Promise<number>((ready, fail) => {
    child.stdout?.once('data', (line: Buffer) => ready(Number(new URL(JSON.parse(line.toString()).url).port)));
    child.once('close', (code) => fail(new Error(`ops serve ended with ${code}`)));
  });
  return { port, ended, kill: (signal) => child.kill(signal) };
};

/** The status, or undefined where the server went away before it answered. */
const post = (port: number, key: string, body: string): Promise<number | undefined> =>
  new Promise((done) => {
    const asking = request(
      {
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/v1/ingest',
        headers: { 'x-table': 'logs', 'x-idempotency-key': key },
      },
      (answer) => {
        answer.resume();
        answer.on('end', () => done(answer.statusCode));
        answer.on('error', () => done(undefined));
      },
    );
    asking.on('error', () => done(undefined));
    asking.end(body);
  });

test(`${rounds} × kill -9 of a server under ingest with keys and retries: each row once`, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ops-crash-serve-'));
  const random = seeded(20_261_121);
  let server = await serve(dataDir);
  let retries = 0;
  let finished = 0;

  const client = async (name: number): Promise<void> => {
    for (let batch = 0; batch < batches; batch++) {
      const rows = Array.from(
        { length: rowsPerBatch },
        (_, row) => `{"client":${name},"batch":${batch},"row":${row}}\n`,
      );
      while ((await post(server.port, `${name}-${batch}`, rows.join(''))) !== 200) {
        retries++;
        await delay(20);
      }
    }
    finished++;
  };

  try {
    const writing = Promise.all(Array.from({ length: clients }, (_, name) => client(name)));
    let killed = 0;
    for (; killed < rounds && finished < clients; killed++) {
      await delay(40 + random() * 160);
      server.kill('SIGKILL');
      await server.ended;
      server = await serve(dataDir);
    }
    await writing;
    server.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(killed).toBeGreaterThan(5);
    expect(retries).toBeGreaterThan(0);

    const ctx = await openDataDir(dataDir);
    const result = await (await ctx.query()).query({
      database: 'default',
      sql: 'SELECT count(*) AS n, count(DISTINCT (client, batch, "row")) AS d FROM logs',
    });
    let text = '';
    for await (const part of result.ndjson()) text += new TextDecoder().decode(part);
    await result.close();
    await ctx.close();
    const all = clients * batches * rowsPerBatch;
    expect(JSON.parse(text)).toEqual({ n: all, d: all });
  } finally {
    server.kill('SIGKILL');
    await server.ended;
    rmSync(dataDir, { recursive: true, force: true });
  }
});
