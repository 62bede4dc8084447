import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { benchFolder, logFile } from './data.js';
import { alternate, measure, median, rss, wall } from './measure.js';
import { atMost, type Row } from './row.js';

const root = resolve(import.meta.dirname, '..');
const opsPath = join(root, 'bin/ops.js');
const enginePath = join(root, 'bench/raw/engine.mjs');
const runs = 5;

interface Served {
  readonly url: string;
  readonly dataDir: string;
  readonly startMs: number;
  /** MiB; the peak counts from the last `forgetPeak`. */
  rss(): { readonly now: number; readonly peak: number };
  stop(): Promise<void>;
}

const statusOf = (pid: number, field: string): number =>
  Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

const serve = async (dataDir = mkdtempSync(join(benchFolder(), 'serve-'))): Promise<Served> => {
  const started = performance.now();
  const child: ChildProcess = spawn(
    process.execPath,
    [opsPath, 'serve', '-q', '--listen', '127.0.0.1:0', '--data-dir', dataDir],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, OPS_OUTPUT: '' } },
  );
  const url = await new Promise<string>((ready) => {
    child.stdout?.once('data', (line: Buffer) => ready((JSON.parse(line.toString()) as { url: string }).url));
  });
  const startMs = performance.now() - started;
  const pid = child.pid ?? 0;
  return {
    url,
    dataDir,
    startMs,
    rss: () => ({ now: statusOf(pid, 'VmRSS'), peak: statusOf(pid, 'VmHWM') }),
    stop: async () => {
      const ended = new Promise((done) => child.once('close', done));
      child.kill('SIGTERM');
      await ended;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};

const curl = (args: readonly string[]) =>
  measure({ argv: ['curl', '-sS', '--fail', '-o', '/dev/null', ...args], stdout: 'pipe' });

const engine = (sql: string) => measure({ argv: [process.execPath, enginePath, 'run', sql], stdout: 'pipe' });

/** The file in parts that one request may carry. */
const parts = async (file: string, rows: number): Promise<readonly string[]> => {
  const paths: string[] = [];
  let out: ReturnType<typeof createWriteStream> | undefined;
  let held = 0;
  const close = async (): Promise<void> => {
    out?.end();
    if (out) await finished(out);
  };
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (!out || held === rows) {
      await close();
      const path = join(benchFolder(), `part-${paths.length}.ndjson`);
      paths.push(path);
      out = createWriteStream(path);
      held = 0;
    }
    held++;
    if (!out.write(`${line}\n`)) await new Promise<void>((resume) => out?.once('drain', resume));
  }
  await close();
  return paths;
};

const post = (agent: Agent, url: string, path: string, body: string | Buffer, headers: Record<string, string>) =>
  new Promise<number>((done, fail) => {
    const asking = request(`${url}${path}`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => done(answer.statusCode ?? 0));
    });
    asking.on('error', fail);
    asking.end(body);
  });

const extents = (dataDir: string): string =>
  // Database 1 is `default`; the others hold what ops writes itself.
  readdirSync(join(dataDir, 'extents', '1'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.parquet'))
    .sort()
    .map((name) => `'${join(dataDir, 'extents', '1', name)}'`)
    .join(', ');

const startRows = async (): Promise<Row[]> => {
  const figures: number[] = [];
  const idle: number[] = [];
  const bare: number[] = [];
  for (let run = 0; run < 7; run++) {
    bare.push((await measure({ argv: [process.execPath, '-e', '0'], stdout: 'pipe' })).wallMs);
    const server = await serve();
    figures.push(server.startMs);
    await fetch(`${server.url}/health`);
    await new Promise((later) => setTimeout(later, 3_000));
    idle.push(server.rss().now);
    await server.stop();
  }
  return [
    atMost('serve-start', {
      value: median(figures) - median(bare),
      unit: 'ms over bare node',
      limit: 400,
      figures: { ours_ms: median(figures), node_ms: median(bare) },
    }),
    atMost('serve-idle-rss', { value: median(idle), unit: 'MiB', limit: 120, figures: {} }),
  ];
};

const bulkRows = async (): Promise<Row[]> => {
  const file = await logFile(1_000_000);
  const paths = await parts(file, 125_000);
  const parquet = join(benchFolder(), 'peer.parquet');
  const server = await serve();
  let table = 0;
  const ingested = await alternate(runs, {
    ours: () => {
      table++;
      const one = (path: string) => [
        '--data-binary',
        `@${path}`,
        '-H',
        `X-Table: logs${table}`,
        '-H',
        'Content-Type: application/x-ndjson',
        '-H',
        'Expect:',
        `${server.url}/v1/ingest`,
      ];
      const words = paths.flatMap((path, index) =>
        index === 0 ? one(path) : ['--next', '-sS', '--fail', '-o', '/dev/null', ...one(path)],
      );
      return curl(['--parallel', '--parallel-max', '4', ...words]);
    },
    peer: () =>
      engine(`COPY (SELECT * FROM read_ndjson('${file}')) TO '${parquet}' (FORMAT parquet, COMPRESSION zstd)`),
  });
  await server.stop();

  const filled = mkdtempSync(join(benchFolder(), 'serve-'));
  const fill = (copies: number) =>
    measure({
      argv: [
        process.execPath,
        opsPath,
        'ingest',
        'logs',
        ...Array.from({ length: copies }, () => file),
        '--data-dir',
        filled,
      ],
      stdout: 'pipe',
    });
  await fill(1);
  const reader = await serve(filled);
  const one = extents(reader.dataDir);
  const ask = (words: readonly string[] = []) =>
    curl([...words, '-H', 'Content-Type: application/sql', '-d', 'SELECT * FROM logs', `${reader.url}/v1/query`]);
  const out = await alternate(runs, {
    ours: () => ask(),
    peer: () => engine(`COPY (SELECT * FROM read_parquet([${one}])) TO '/dev/null' (FORMAT json)`),
  });
  const peak = reader.rss().peak;
  await fill(9);
  const ten = extents(reader.dataDir);
  const first: number[] = [];
  const engineFirst: number[] = [];
  for (let run = 0; run < runs; run++) {
    const { stdout } = await promisify(execFile)('sh', [
      '-c',
      `curl -sS -w '%{stderr}%{time_starttransfer}' -H 'Content-Type: application/sql' -d 'SELECT * FROM logs' ${reader.url}/v1/query 2>&1 >/dev/null`,
    ]);
    first.push(Number(stdout) * 1_000);
    const { stdout: said } = await measure({
      argv: [process.execPath, enginePath, 'first-ms', `SELECT * FROM read_parquet([${ten}])`],
      stdout: 'pipe',
    });
    engineFirst.push(Number(said));
  }
  const tenPeak = reader.rss().peak;
  await reader.stop();
  for (const path of paths) rmSync(path);
  return [
    atMost('serve-ingest-1m', {
      value: wall(ingested.ours) / wall(ingested.peer),
      unit: 'ratio',
      limit: 1.6,
      figures: { ours_ms: wall(ingested.ours), peer_ms: wall(ingested.peer) },
    }),
    atMost('serve-out-1m', {
      value: wall(out.ours) / wall(out.peer),
      unit: 'ratio',
      limit: 1.5,
      figures: { ours_ms: wall(out.ours), peer_ms: wall(out.peer), client_rss_mib: rss(out.ours) },
    }),
    atMost('serve-out-1m-rss', { value: peak, unit: 'MiB', limit: 400, figures: { after_10m_mib: tenPeak } }),
    atMost('serve-out-10m-first', {
      value: median(first) - median(engineFirst),
      unit: 'ms after the engine',
      limit: 50,
      figures: { ours_ms: median(first), engine_ms: median(engineFirst) },
    }),
  ];
};

const smallRows = async (): Promise<Row[]> => {
  const server = await serve();
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const batch = (n: number): string =>
    Array.from(
      { length: 50 },
      (_, row) =>
        `{"timestamp":"2026-11-20T00:00:00.${String(row).padStart(3, '0')}Z","batch":${n},"row":${row},"message":"request handled"}\n`,
    ).join('');
  const bodies = Array.from({ length: 1_000 }, (_, n) => batch(n));
  const ingest = (body: string) => post(agent, server.url, '/v1/ingest', body, { 'x-table': 'logs' });
  await ingest(batch(-1));
  const started = performance.now();
  let next = 0;
  const client = async (): Promise<void> => {
    for (let n = next++; n < bodies.length; n = next++) {
      const status = await ingest(bodies[n] ?? '');
      if (status !== 200) throw new Error(`ingest answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  const rowsPerSecond = Math.round(50_000 / ((performance.now() - started) / 1_000));
  agent.destroy();
  await server.stop();
  return [
    {
      name: 'serve-concurrent',
      value: rowsPerSecond,
      unit: 'rows/s',
      limit: 20_000,
      ok: rowsPerSecond >= 20_000,
      figures: {},
    },
  ];
};

const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))] ?? Number.NaN;

const latencyRows = async (): Promise<Row[]> => {
  const server = await serve();
  const loading = new Agent({ keepAlive: true });
  const [path = ''] = await parts(await logFile(1_000_000), 100_000);
  await post(loading, server.url, '/v1/ingest', readFileSync(path), { 'x-table': 'logs' });
  loading.destroy();
  const sql = 'SELECT level, count(*) AS n FROM logs GROUP BY level';
  const ask = async (clients: number, each: number): Promise<number[]> => {
    const agent = new Agent({ keepAlive: true, maxSockets: clients });
    const times: number[] = [];
    const client = async (): Promise<void> => {
      for (let n = 0; n < each; n++) {
        const started = performance.now();
        await post(agent, server.url, '/v1/query', sql, { 'content-type': 'application/sql' });
        times.push(performance.now() - started);
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    agent.destroy();
    return times;
  };
  const raw = async (clients: number, each: number): Promise<{ readonly p50: number; readonly p99: number }> => {
    const peer = `SELECT level, count(*) AS n FROM read_parquet([${extents(server.dataDir)}]) GROUP BY level`;
    const { stdout } = await measure({
      argv: [process.execPath, enginePath, `latency-${clients}-${each}`, peer],
      stdout: 'pipe',
    });
    return JSON.parse(stdout) as { p50: number; p99: number };
  };
  await ask(16, 10);
  const [ours, peer] = [await ask(1, 100), await raw(1, 100)];
  const [oursMany, peerMany] = [await ask(16, 40), await raw(16, 40)];

  const slow = post(new Agent(), server.url, '/v1/query', 'SELECT count(*) FROM range(2000000000) a, range(2) b', {
    'content-type': 'application/sql',
    'x-kyma-max-wall-clock-ms': '10000',
  });
  const health: number[] = [];
  const until = performance.now() + 8_000;
  while (performance.now() < until) {
    const started = performance.now();
    await (await fetch(`${server.url}/health`)).text();
    health.push(performance.now() - started);
    await new Promise((later) => setTimeout(later, 10));
  }
  await slow;
  await server.stop();
  return [
    atMost('serve-aggregate-median', {
      value: quantile(ours, 0.5) - peer.p50,
      unit: 'ms over the engine',
      limit: 5,
      figures: { ours_ms: quantile(ours, 0.5), engine_ms: peer.p50 },
    }),
    atMost('serve-aggregate-p99', {
      value: quantile(oursMany, 0.99) - peerMany.p99,
      unit: 'ms over the engine, 16 clients',
      limit: 15,
      figures: { ours_ms: quantile(oursMany, 0.99), engine_ms: peerMany.p99 },
    }),
    atMost('serve-health-p99', {
      value: quantile(health, 0.99),
      unit: 'ms under a 10 s query',
      limit: 20,
      figures: { max_ms: Math.max(...health), asked: health.length },
    }),
  ];
};

/** The server against the raw engine. Needs `curl`. */
export const serveBenches: Readonly<Record<string, () => Promise<Row[]>>> = {
  'serve-start': startRows,
  'serve-bulk': bulkRows,
  'serve-small': smallRows,
  'serve-latency': latencyRows,
};
