import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { concurrentIngest } from './concurrent-ingest.js';
import { benchFolder, logFile } from './data.js';
import { alternate, firstByte, measure, median, type ProcessFigures, rss, wall } from './measure.js';
import { atMost, type Row } from './row.js';
import { serveBenches } from './serve.js';

/**
 * `npm run bench [NAME…]`: whole processes against whole processes, in turn, in one run. JSON on stdout, one object a
 * line: `{name, value, unit, limit, ok, figures}`. Needs `npm run build`.
 */
const runs = 5;
const startRuns = 21;
const root = resolve(import.meta.dirname, '..');
const opsPath = join(root, 'bin/ops.js');
const enginePath = join(root, 'bench/raw/engine.mjs');

const ops = (args: readonly string[], stdout: '/dev/null' | 'pipe' | 'first-byte' = 'pipe'): Promise<ProcessFigures> =>
  measure({ argv: [process.execPath, opsPath, ...args], env: { OPS_OUTPUT: '' }, stdout });
const engine = (sql: string, mode: 'run' | 'first' = 'run'): Promise<ProcessFigures> =>
  measure({ argv: [process.execPath, enginePath, mode, sql], stdout: mode === 'run' ? 'pipe' : 'first-byte' });

const freshDir = (): string => mkdtempSync(join(benchFolder(), 'data-'));

const ingestRows = async (): Promise<Row[]> => {
  const file = await logFile(1_000_000);
  const made: string[] = [];
  const parquet = join(benchFolder(), 'peer.parquet');
  const { ours, peer } = await alternate(runs, {
    ours: () => {
      const dataDir = freshDir();
      made.push(dataDir);
      return ops(['ingest', 'logs', file, '--data-dir', dataDir]);
    },
    peer: () =>
      engine(`COPY (SELECT * FROM read_ndjson('${file}')) TO '${parquet}' (FORMAT parquet, COMPRESSION zstd)`),
  });
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
  const figures = { ours_ms: wall(ours), peer_ms: wall(peer), ours_rss_mib: rss(ours) };
  return [atMost('ingest-1m', { value: wall(ours) / wall(peer), unit: 'ratio', limit: 1.5, figures })];
};

const outRows = async (): Promise<Row[]> => {
  const file = await logFile(1_000_000);
  const dirs = { one: freshDir(), ten: freshDir() };
  await ops(['ingest', 'logs', file, '--data-dir', dirs.one]);
  await ops(['ingest', 'logs', ...Array.from({ length: 10 }, () => file), '--data-dir', dirs.ten]);
  const one = extentsOf(dirs.one);
  const ten = extentsOf(dirs.ten);
  const all = (dataDir: string) => ['query', '-o', 'ndjson', '--data-dir', dataDir, 'SELECT * FROM logs'];
  const bulk = await alternate(runs, {
    ours: () => ops(all(dirs.one), '/dev/null'),
    peer: () => engine(`COPY (SELECT * FROM read_parquet([${one}])) TO '/dev/null' (FORMAT json)`),
  });
  const first = await alternate(runs, {
    ours: () => ops(all(dirs.ten), 'first-byte'),
    peer: () => engine(`SELECT * FROM read_parquet([${ten}])`, 'first'),
  });
  const piped = await measure({
    argv: [
      'sh',
      '-c',
      `"${process.execPath}" "${opsPath}" query -o ndjson --data-dir "${dirs.ten}" 'SELECT * FROM logs' | cat > /dev/null`,
    ],
    stdout: '/dev/null',
  });
  const tenRss = await ops(all(dirs.ten), '/dev/null');
  for (const dataDir of Object.values(dirs)) rmSync(dataDir, { recursive: true, force: true });
  return [
    atMost('out-1m-ndjson', {
      value: wall(bulk.ours) / wall(bulk.peer),
      unit: 'ratio',
      limit: 1.5,
      figures: { ours_ms: wall(bulk.ours), peer_ms: wall(bulk.peer) },
    }),
    atMost('out-1m-rss', { value: rss(bulk.ours), unit: 'MiB', limit: 400, figures: {} }),
    atMost('out-10m-rss', {
      value: tenRss.peakRssMiB,
      unit: 'MiB',
      limit: 400,
      figures: { piped_10m_ms: piped.wallMs },
    }),
    atMost('out-10m-first-row', {
      value: firstByte(first.ours) - firstByte(first.peer),
      unit: 'ms after the engine',
      limit: 100,
      figures: { ours_ms: firstByte(first.ours), peer_ms: firstByte(first.peer) },
    }),
  ];
};

/** The extents of a data directory with one table, as SQL literals in the order of their ids, which grow with time. */
const extentsOf = (dataDir: string): string =>
  readdirSync(join(dataDir, 'extents'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.parquet'))
    .sort()
    .map((name) => `'${join(dataDir, 'extents', name)}'`)
    .join(', ');

const bareNode = async (): Promise<number> => {
  const figures: number[] = [];
  for (let run = 0; run < startRuns; run++)
    figures.push((await measure({ argv: [process.execPath, '-e', '0'], stdout: 'pipe' })).wallMs);
  return median(figures);
};

const fromRows = async (): Promise<Row[]> => {
  const file = await logFile(1_000_000);
  const bare = await bareNode();
  const budget = bare + 40;
  const rows: Row[] = [];
  for (const [name, condition] of [
    ['from-count', ''],
    ['from-count-where', " WHERE level = 'error'"],
  ] as const) {
    const { ours, peer } = await alternate(runs, {
      ours: () => ops(['query', '--from', `logs=${file}`, `SELECT count(*) AS n FROM logs${condition}`]),
      peer: () => engine(`SELECT count(*) FROM read_ndjson('${file}')${condition}`),
    });
    // The engine's share of its process: loading it, opening it and the statement.
    const inEngine = wall(peer) - bare;
    rows.push(
      atMost(name, {
        value: wall(ours) / (1.3 * inEngine + budget),
        unit: 'of 1.3 × engine + start-up budget',
        limit: 1,
        figures: { ours_ms: wall(ours), engine_ms: inEngine, budget_ms: budget },
      }),
    );
  }
  return rows;
};

const startRows = async (): Promise<Row[]> => {
  const cases = [
    ['start-version', ['--version'], 40],
    ['start-help', ['--help'], 40],
    ['start-command-help', ['query', '--help'], 40],
    ['start-complete', ['__complete', 'table', ''], 50],
  ] as const;
  const rows: Row[] = [];
  for (const [name, args, extra] of cases) {
    const ours: number[] = [];
    const bare: number[] = [];
    for (let run = 0; run < startRuns; run++) {
      bare.push((await measure({ argv: [process.execPath, '-e', '0'], stdout: 'pipe' })).wallMs);
      ours.push((await ops(args)).wallMs);
    }
    const value = median(ours) - median(bare);
    rows.push(
      atMost(name, {
        value,
        unit: 'ms over bare node',
        limit: extra,
        figures: { ours_ms: median(ours), node_ms: median(bare) },
      }),
    );
  }
  return rows;
};

const concurrentRows = async (): Promise<Row[]> => {
  const { rowsPerSecond, extentsBefore, extentsAfter } = await concurrentIngest();
  return [
    {
      name: 'ingest-concurrent',
      value: rowsPerSecond,
      unit: 'rows/s',
      limit: 20_000,
      ok: rowsPerSecond >= 20_000,
      figures: {},
    },
    atMost('compacted-extents', { value: extentsAfter, unit: 'extents', limit: 4, figures: { before: extentsBefore } }),
  ];
};

const benches: Readonly<Record<string, () => Promise<Row[]>>> = {
  start: startRows,
  ingest: ingestRows,
  out: outRows,
  from: fromRows,
  concurrent: concurrentRows,
  ...serveBenches,
};

const wanted = process.argv.slice(2);
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.some((word) => name === word || name.startsWith(`${word}-`))) continue;
  process.stderr.write(`${name} …\n`);
  for (const row of await bench()) {
    process.stdout.write(`${JSON.stringify(row)}\n`);
    process.stderr.write(
      `  ${row.ok ? 'ok  ' : 'MISS'} ${row.name.padEnd(22)} ${row.value} ${row.unit} (limit ${row.limit})\n`,
    );
    if (!row.ok) process.exitCode = 1;
  }
}
