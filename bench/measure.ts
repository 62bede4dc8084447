import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

export interface ProcessFigures {
  readonly wallMs: number;
  /** Largest resident set, MiB; 0 where the system does not tell. */
  readonly peakRssMiB: number;
  /** From start to the first byte on stdout; undefined where stdout is not a pipe. */
  readonly firstByteMs: number | undefined;
  readonly stdout: string;
}

export interface Measured {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where stdout goes; a pipe keeps its first 4 KiB and discards the rest. */
  readonly stdout: '/dev/null' | 'pipe' | 'first-byte';
}

const peakOf = (pid: number): number => {
  try {
    const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found ? Number(found[1]) / 1024 : 0;
  } catch {
    return 0; // not Linux, or the process has just ended
  }
};

/** Runs a process to its end (to its first byte for `first-byte`). Throws where it fails. */
export const measure = ({ argv, env = {}, stdout }: Measured): Promise<ProcessFigures> =>
  new Promise((done, fail) => {
    const sink = stdout === '/dev/null' ? openSync('/dev/null', 'w') : undefined;
    const started = performance.now();
    const child = spawn(argv[0] ?? '', argv.slice(1), {
      env: { ...process.env, ...env },
      stdio: ['ignore', sink ?? 'pipe', 'pipe'],
    });
    let peak = 0;
    let first: number | undefined;
    let kept = '';
    let talk = '';
    const poll = setInterval(() => {
      peak = Math.max(peak, peakOf(child.pid ?? 0));
    }, 10);
    child.stdout?.on('data', (chunk: Buffer) => {
      first ??= performance.now() - started;
      if (kept.length < 4_096) kept += chunk.toString('latin1', 0, 4_096);
      if (stdout === 'first-byte') child.kill('SIGKILL');
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      talk += chunk;
    });
    child.on('error', fail);
    child.on('close', (code) => {
      clearInterval(poll);
      if (sink !== undefined) closeSync(sink);
      if (code !== 0 && stdout !== 'first-byte') fail(new Error(`${argv.join(' ')}: exit ${code}\n${talk}`));
      else done({ wallMs: performance.now() - started, peakRssMiB: peak, firstByteMs: first, stdout: kept });
    });
  });

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** Both in turn, A B A B …, after one round that does not count: so a machine that slows down slows both. */
export const alternate = async (
  runs: number,
  { ours, peer }: { ours: () => Promise<ProcessFigures>; peer: () => Promise<ProcessFigures> },
): Promise<{ ours: ProcessFigures[]; peer: ProcessFigures[] }> => {
  await ours();
  await peer();
  const figures = { ours: [] as ProcessFigures[], peer: [] as ProcessFigures[] };
  for (let run = 0; run < runs; run++) {
    figures.ours.push(await ours());
    figures.peer.push(await peer());
  }
  return figures;
};

export const wall = (figures: readonly ProcessFigures[]): number => median(figures.map(({ wallMs }) => wallMs));
export const rss = (figures: readonly ProcessFigures[]): number =>
  Math.max(...figures.map(({ peakRssMiB }) => peakRssMiB));
export const firstByte = (figures: readonly ProcessFigures[]): number =>
  median(figures.map(({ firstByteMs }) => firstByteMs ?? Number.NaN));
