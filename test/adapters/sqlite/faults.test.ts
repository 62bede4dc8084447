import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { storeFault } from '../../../src/adapters/sqlite/faults.js';
import { isOutOfRoom } from '../../../src/adapters/sqlite/room.js';

const failed = (code: string): Error => Object.assign(new Error(code), { code });

test.each<[string, boolean, string]>([
  ['SQLITE_FULL', false, 'disk_full'],
  ['SQLITE_IOERR_SHMSIZE', false, 'disk_full'],
  ['ENOSPC', false, 'disk_full'],
  ['SQLITE_CANTOPEN', true, 'disk_full'],
  ['SQLITE_READONLY_CANTINIT', true, 'disk_full'],
  ['SQLITE_CANTOPEN', false, 'read_only'],
  ['EROFS', false, 'read_only'],
  ['SQLITE_IOERR_WRITE', false, 'disk_error'],
])('%s, no room on the disk: %s, is %s', (code, noRoom, reason) => {
  const asked: string[] = [];
  const fault = storeFault(failed(code), '/data/ops.db', (folder) => {
    asked.push(folder);
    return noRoom;
  });
  expect(fault).toMatchObject({ code: 'unavailable', reason, message: expect.stringContaining('/data/ops.db') });
  expect(asked.every((folder) => folder === '/data')).toBe(true);
});

test('a folder with room has room, also one that is still to be made', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ops-room-'));
  mkdirSync(join(folder, 'a'));
  expect([isOutOfRoom(join(folder, 'a')), isOutOfRoom(join(folder, 'b', 'c'))]).toEqual([false, false]);
  rmSync(folder, { recursive: true });
});
