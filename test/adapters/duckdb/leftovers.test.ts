import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { extentStore } from '../../../src/adapters/duckdb/extents/extent-store.js';
import { leftoversIn, ownFolderName } from '../../../src/adapters/duckdb/leftovers.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ops-leftovers-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const hourAgo = (): Date => new Date(Date.now() - 3_600_000);
const longAgo = new Date(0);
/** A process that has run and is no more. */
const dead = spawnSync(process.execPath, ['-e', '']).pid;

/** A folder with one file; both were last touched at these times. */
const make = (
  name: string,
  rest: { readonly touched?: Date; readonly file?: Date; readonly within?: string } = {},
): string => {
  const { touched = longAgo, within = folder } = rest;
  const { file = touched } = rest;
  const path = join(within, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'f'), 'rows');
  utimesSync(join(path, 'f'), file, file);
  utimesSync(path, touched, touched);
  return path;
};

test.each<[string, string, { readonly touched?: Date; readonly file?: Date }, boolean]>([
  ['what a dead process spilled', `spill-${dead}-x1`, {}, true],
  ['the spool of a dead process', `ops-spool-${dead}-0b1c-2d`, {}, true],
  ['the copy of a catalogue that a dead process read', `ops-read-${dead}-aB3dE6`, {}, true],
  ['what this process spilled', ownFolderName('spill', 'x1'), {}, false],
  ['the spool of this process', ownFolderName('ops-spool', '0b1c-2d'), {}, false],
  ['a young folder', `spill-${dead}-x1`, { touched: new Date() }, false],
  ['an old folder with a young file', `spill-${dead}-x1`, { file: new Date() }, false],
  ['a folder of somebody else', `other-${dead}-x1`, {}, false],
  ['a name of ours without a process', 'spill-x1', {}, false],
])('%s (%s) is a leftover: %s', async (_, name, times, isLeft) => {
  const path = make(name, times);
  const found = await leftoversIn(folder, hourAgo());
  expect(found.map(({ id }) => id)).toEqual(isLeft ? [name] : []);
  for (const { remove } of found) await remove();
  expect(existsSync(path)).toBe(!isLeft);
});

test('a link or a file under such a name is left alone', async () => {
  const elsewhere = make('elsewhere');
  symlinkSync(elsewhere, join(folder, `spill-${dead}-a`));
  writeFileSync(join(folder, `spill-${dead}-b`), '');
  expect(await leftoversIn(folder, new Date(Date.now() + 1_000))).toEqual([]);
});

test('a folder that does not exist has none', async () => {
  expect(await leftoversIn(join(folder, 'nowhere'), hourAgo())).toEqual([]);
});

test('the sweep of a store finds what was spilled in it and the spools beside it', async () => {
  const dataDir = join(folder, 'data');
  const spools = join(folder, 'tmp');
  make(`spill-${dead}-x1`, { within: join(dataDir, 'tmp') });
  make(`ops-spool-${dead}-x2`, { within: spools });
  const store = extentStore({ dataDir, newId: () => 'x', spools });
  const old = await store.olderThan(hourAgo());
  expect(old.map(({ id }) => id)).toEqual([`spill-${dead}-x1`, `ops-spool-${dead}-x2`]);
  for (const { remove } of old) await remove();
  expect([readdirSync(join(dataDir, 'tmp')), readdirSync(spools)]).toEqual([[], []]);
  await store.close();
});
