import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// A full disk and a read-only one, for real: needs the right to mount.
const base = mkdtempSync(join(tmpdir(), 'ops-disk-'));
const dataDir = join(base, 'data');
mkdirSync(dataDir);
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', dataDir]).status === 0;

const ops = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [resolve(import.meta.dirname, '../../bin/ops.js'), ...args, '--data-dir', dataDir],
    { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', HOME: base }, maxBuffer: 1e8 },
  );
  return { status, stdout, stderr };
};

/** Rows that compress badly. */
const rows = (count: number): string => {
  let seed = 7;
  const word = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed.toString(36);
  };
  const path = join(base, `rows-${count}.ndjson`);
  writeFileSync(
    path,
    Array.from({ length: count }, (_, n) => `{"n":${n},"s":"${word()}${word()}${word()}"}\n`).join(''),
  );
  return path;
};

describe.skipIf(!mounted)(`a small disk${mounted ? '' : ' (skipped: mounting a tmpfs is not permitted here)'}`, () => {
  beforeAll(() => {
    expect(ops('ingest', 'logs', rows(1_000))).toMatchObject({ status: 0 });
  });
  afterAll(() => {
    execFileSync('umount', [dataDir]);
    rmSync(base, { recursive: true, force: true });
  });

  const count = () => ops('query', 'SELECT count(*) AS n FROM logs').stdout;

  test('that is full refuses the rows, keeps the old ones, leaves nothing half-written, and recovers', () => {
    const full = ops('ingest', 'logs', rows(200_000));
    expect(full.status).toBe(6);
    expect(full.stderr).toMatch(/^ops: .*(space|full)/);
    const stored = Number(JSON.parse(count()).n);
    const told = /([\d,]+) rows? committed so far/.exec(full.stderr)?.[1]?.replaceAll(',', '') ?? '0';
    expect(stored).toBe(1_000 + Number(told));
    expect(readdirSync(join(dataDir, 'tmp'))).toEqual([]);
    expect(ops('ingest', 'logs', rows(10))).toMatchObject({ status: 0 });
    expect(Number(JSON.parse(count()).n)).toBe(stored + 10);
    expect(ops('data', 'verify').status).toBe(0);
  });

  test('that is read-only answers queries and says so to writers', () => {
    const before = count();
    execFileSync('mount', ['-o', 'remount,ro', dataDir]);
    try {
      expect(count()).toBe(before);
      const refused = ops('ingest', 'logs', rows(10));
      expect(refused.status).toBe(6);
      expect(refused.stderr).toMatch(/read-only/);
    } finally {
      execFileSync('mount', ['-o', 'remount,rw', dataDir]);
    }
  });
});
