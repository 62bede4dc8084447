import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';

// Disks too small for even an empty store: needs the right to mount.
const base = mkdtempSync(join(tmpdir(), 'ops-no-room-'));
const disk = join(base, 'disk');
mkdirSync(disk);
const mount = (options: string): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]).status === 0;
const unmount = (): void => void execFileSync('umount', [disk]);
const mounts = mount('size=64k');
if (mounts) unmount();

const ops = (...args: string[]) => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [resolve(import.meta.dirname, '../../bin/ops.js'), ...args, '--data-dir', join(disk, 'data')],
    { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', HOME: base } },
  );
  return { status, stderr };
};

describe.skipIf(!mounts)(
  `a disk without room${mounts ? '' : ' (skipped: mounting a tmpfs is not permitted here)'}`,
  () => {
    afterEach(unmount);
    afterAll(() => rmSync(base, { recursive: true, force: true }));

    test.each([
      ['of 64 KiB', 'size=64k'],
      ['without an inode for ops.db', 'size=4m,nr_inodes=3'],
      ['without an inode for the log of ops.db', 'size=4m,nr_inodes=4'],
      ['without an inode for the rows', 'size=4m,nr_inodes=6'],
    ])('%s is said to be full, not read-only, at the first and at the second try', (_, options) => {
      mount(options);
      const rows = join(base, 'rows.ndjson');
      writeFileSync(rows, '{"n":1}\n');
      for (let attempt = 0; attempt < 2; attempt++) {
        const { status, stderr } = ops('ingest', 'logs', rows);
        expect([status, stderr]).toEqual([6, expect.stringContaining('no space is left on the device')]);
        expect(stderr).not.toContain('read-only');
      }
    });
  },
);
