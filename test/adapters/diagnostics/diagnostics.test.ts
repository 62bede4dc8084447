import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { diagnostics } from '../../../src/adapters/diagnostics/index.js';

let folder: string;
const now = new Date('2026-03-01T12:00:00Z');
const machine = diagnostics({ now: () => now });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ops-doctor-'));
});
afterEach(() => rm(folder, { recursive: true }));

const store = (pragma: string) => {
  const db = new Database(join(folder, 'ops.db'));
  db.exec(pragma);
  db.close();
};

test('engines tell their versions', async () => {
  expect(await machine.duckdb()).toMatch(/^\d+\.\d+\.\d+/);
  expect(await machine.sqlite()).toMatch(/^3\.\d+\.\d+/);
});

test('no store is absent', async () => {
  expect(await machine.store(folder)).toEqual({ kind: 'absent' });
});

test('a store tells its schema', async () => {
  store('CREATE TABLE t (x); PRAGMA user_version = 1');
  expect(await machine.store(folder)).toEqual({ kind: 'opened', schemaVersion: 1 });
});

test('a newer store is broken for this program', async () => {
  store('CREATE TABLE t (x); PRAGMA user_version = 999');
  expect(await machine.store(folder)).toMatchObject({ kind: 'broken', why: expect.stringContaining('newer') });
});

test('a file that is no database is broken', async () => {
  await writeFile(join(folder, 'ops.db'), 'x'.repeat(5_000));
  expect(await machine.store(folder)).toMatchObject({ kind: 'broken' });
});

test('a folder that is not there yet is judged by the one above', async () => {
  const facts = await machine.folder(join(folder, 'a/b'));
  expect(facts).toMatchObject({ exists: false, isDirectory: false, writable: true });
  expect(facts.freeBytes).toBeGreaterThan(0);
});

test('only half-written files older than an hour count', async () => {
  await mkdir(join(folder, 'tmp'));
  const [old, young, other] = [join(folder, 'tmp/a.parquet'), join(folder, '.config.yaml.1.tmp'), join(folder, 'x')];
  for (const file of [old, young, other]) await writeFile(file, '');
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
  await utimes(old, ago(61), ago(61));
  await utimes(young, ago(59), ago(59));
  await utimes(other, ago(600), ago(600));
  expect(await machine.orphans([folder])).toEqual([old]);
});

test('modes of files', async () => {
  await writeFile(join(folder, 't'), '');
  await chmod(join(folder, 't'), 0o640);
  expect(await machine.mode(join(folder, 't'))).toBe(0o640);
  expect(await machine.mode(join(folder, 'absent'))).toBeUndefined();
});
