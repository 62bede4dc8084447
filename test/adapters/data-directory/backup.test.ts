import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extract, type Pack, pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../../src/adapters/sqlite/index.js';
import type { Table } from '../../../src/core/query/index.js';
import { addExtents, liveIds } from '../../contract/catalog-fixtures.js';
import { temporaryDirectory } from '../../contract/stores.js';
import { storeOn } from '../sqlite/open.js';
import { contentsOf, directoryOf, extentFile, filledStore, never, now, verified } from './fixtures.js';

let directory: ReturnType<typeof temporaryDirectory>;
let dataDir: string;
let file: string;
let target: string;
let store: Store;
let table: Table;
const opened: Store[] = [];

beforeEach(async () => {
  directory = temporaryDirectory();
  dataDir = join(directory.path, 'data');
  mkdirSync(join(directory.path, 'backups'));
  file = join(directory.path, 'backups', 'monday.tar');
  target = join(directory.path, 'restored');
  ({ store, table } = await filledStore(dataDir));
  opened.push(store);
});
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
  directory.remove();
});

const openTarget = (): Store => {
  const restored = storeOn(target, { name: 'restored' });
  opened.push(restored);
  return restored;
};
const restoreFrom = (archive: string) => directoryOf(storeOn(target)).restore(archive, never);

interface Entry {
  name: string;
  body: Buffer;
  type?: 'file' | 'symlink';
}

const entriesOf = async (archive: string): Promise<Entry[]> => {
  const reading = extract();
  reading.end(readFileSync(archive));
  const entries: Entry[] = [];
  for await (const entry of reading) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    entries.push({ name: entry.header.name, body: Buffer.concat(chunks) });
  }
  return entries;
};

const writeTar = async (path: string, entries: readonly Entry[]): Promise<void> => {
  const packed: Pack = pack();
  for (const { name, body, type = 'file' } of entries) {
    if (type === 'symlink') packed.entry({ name, type, linkname: '/etc/passwd' });
    else packed.entry({ name }, body);
  }
  packed.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packed as AsyncIterable<Buffer>) chunks.push(chunk);
  writeFileSync(path, Buffer.concat(chunks));
};

describe('backup', () => {
  test('a restored directory holds the rows, the key and the history, and verifies', async () => {
    writeFileSync(join(dataDir, 'key'), 'secret', { mode: 0o600 });
    const made = await directoryOf(store).backup(file, never);
    expect(made).toEqual({ file, files: 4, bytes: statSync(file).size });
    expect(await restoreFrom(file)).toEqual(made);
    const restored = openTarget();
    expect(await liveIds(restored.catalog, table)).toEqual(['e1', 'e2']);
    expect(readFileSync(extentFile(target, table, 'e1'))).toEqual(readFileSync(extentFile(dataDir, table, 'e1')));
    expect(readFileSync(join(target, 'key'), 'utf8')).toBe('secret');
    expect(statSync(target).mode & 0o777).toBe(0o700);
    expect(statSync(join(target, 'key')).mode & 0o777).toBe(0o600);
    expect((await verified(restored)).filter(({ status }) => status === 'fail')).toEqual([]);
    expect(readdirSync(directory.path).sort()).toEqual(['backups', 'data', 'restored']);
  });

  test('only the owner can read the archive, and nothing lies beside it', async () => {
    await directoryOf(store).backup(file, never);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(directory.path, 'backups'))).toEqual(['monday.tar']);
  });

  test('leases, intents and soft-deleted extents stay behind', async () => {
    await store.leases.acquire('query.sweep', 'somebody', 3_600_000, now);
    await store.catalog.openIntent([{ id: 'e9', databaseId: '1', tableId: table.id }], now);
    await directoryOf(store).backup(file, never);
    await restoreFrom(file);
    const restored = openTarget();
    expect(await restored.leases.held(now)).toEqual([]);
    expect(await restored.catalog.unknownExtents(['e0', 'e1', 'e9'], now)).toEqual(['e0', 'e9']);
    expect(existsSync(extentFile(target, table, 'e0'))).toBe(false);
  });

  test('an existing file is never overwritten', async () => {
    writeFileSync(file, 'precious');
    await expect(directoryOf(store).backup(file, never)).rejects.toMatchObject({ code: 'conflict' });
    expect(readFileSync(file, 'utf8')).toBe('precious');
  });

  test.each([
    ['a directory that does not exist', () => join(directory.path, 'nowhere', 'x.tar')],
    ['a file in the way of the directory', () => join(directory.path, 'data', 'ops.db', 'x.tar')],
  ])('into %s leaves nothing', async (_, path) => {
    await expect(directoryOf(store).backup(path(), never)).rejects.toMatchObject({ code: 'not_found' });
    expect(readdirSync(join(directory.path, 'backups'))).toEqual([]);
  });

  test('of a store that was never written is not_found', async () => {
    const empty = storeOn(target);
    await expect(directoryOf(empty).backup(file, never)).rejects.toMatchObject({ code: 'not_found' });
    expect(existsSync(target)).toBe(false);
  });

  test.each([
    ['missing', (path: string) => rmSync(path)],
    ['cut off', (path: string) => writeFileSync(path, 'PAR1')],
  ])('of a store with a %s extent fails and leaves nothing', async (_, harm) => {
    harm(extentFile(dataDir, table, 'e2'));
    await expect(directoryOf(store).backup(file, never)).rejects.toMatchObject({
      code: 'invalid_data',
      message: expect.stringContaining('e2.parquet'),
    });
    expect(readdirSync(join(directory.path, 'backups'))).toEqual([]);
  });

  test('that was called off ends with the reason and leaves nothing', async () => {
    const controller = new AbortController();
    controller.abort(new Error('Ctrl-C'));
    await expect(directoryOf(store).backup(file, controller.signal)).rejects.toThrow('Ctrl-C');
    expect(readdirSync(join(directory.path, 'backups'))).toEqual([]);
  });

  test('pins what it copies for as long as it copies', async () => {
    const pinned: string[][] = [];
    const spied = {
      ...store,
      pins: {
        ...store.pins,
        release: (pin: string | undefined) => {
          pinned.push([...store.pins.pinned(['e0', 'e1', 'e2'], now)]);
          store.pins.release(pin);
        },
      },
    };
    await directoryOf(spied).backup(file, never);
    expect(pinned).toEqual([['e1', 'e2']]);
    expect([...store.pins.pinned(['e1', 'e2'], now)]).toEqual([]);
  });
});

describe('restore', () => {
  beforeEach(() => directoryOf(store).backup(file, never));

  test('into a directory that exists and is empty', async () => {
    mkdirSync(target);
    await restoreFrom(file);
    expect(readdirSync(target).sort()).toEqual(['extents', 'ops.db']);
    expect(await liveIds(openTarget().catalog, table)).toEqual(['e1', 'e2']);
  });

  test('below a directory that does not exist yet', async () => {
    target = join(directory.path, 'some', 'where');
    await restoreFrom(file);
    expect(await liveIds(openTarget().catalog, table)).toEqual(['e1', 'e2']);
  });

  test('a store that has looked at the directory before sees what was restored', async () => {
    const restored = openTarget();
    expect(await restored.catalog.tables('default')).toEqual([]);
    await directoryOf(restored).restore(file, never);
    expect(await liveIds(restored.catalog, table)).toEqual(['e1', 'e2']);
  });

  test('a directory that holds anything is a conflict and stays as it is', async () => {
    mkdirSync(target);
    writeFileSync(join(target, 'note.txt'), 'mine');
    await expect(restoreFrom(file)).rejects.toMatchObject({ code: 'conflict' });
    expect(contentsOf(target)).toEqual({ 'note.txt': 'mine' });
  });

  test('an archive that does not exist is not_found', async () => {
    await expect(restoreFrom(`${file}.old`)).rejects.toMatchObject({ code: 'not_found' });
  });

  const manifestOf = (entries: readonly Entry[]): Entry => {
    const files = entries
      .filter(({ name }) => name !== 'manifest.json')
      .map(({ name, body }) => ({ name, size: body.length, sha256: createHash('sha256').update(body).digest('hex') }));
    const manifest = { format: 'ops-backup', version: 1, created_at: now.toISOString(), schema: 1, files };
    return { name: 'manifest.json', body: Buffer.from(JSON.stringify(manifest)) };
  };
  /** The archive with other entries, and a manifest that fits them. */
  const forged = (entries: readonly Entry[]) => {
    const files = entries.filter(({ name }) => name !== 'manifest.json');
    return [...files, manifestOf(files)];
  };
  const replace = (entries: readonly Entry[], name: RegExp, change: (body: Buffer) => Buffer) =>
    entries.map((entry) => (name.test(entry.name) ? { ...entry, body: change(entry.body) } : entry));
  const evil = (name: string, type: Entry['type'] = 'file') => ({ name, body: Buffer.from('evil'), type });

  test.each<[string, (entries: Entry[]) => readonly Entry[], RegExp]>([
    [
      'a changed byte',
      (all) => replace(all, /e1/, (body) => Buffer.from(body.toString('latin1').replace('rows', 'rowz'), 'latin1')),
      /e1\.parquet is not what was backed up/,
    ],
    ['a missing extent', (all) => all.filter(({ name }) => !/e1/.test(name)), /e1\.parquet is missing/],
    [
      'a missing extent that the manifest hides',
      (all) => forged(all.filter(({ name }) => !/e1/.test(name))),
      /extent e1 is missing/,
    ],
    ['no books', (all) => forged(all.filter(({ name }) => name !== 'ops.db')), /ops\.db is missing/],
    [
      'damaged books',
      (all) =>
        forged(
          replace(all, /ops\.db/, (body) =>
            Buffer.concat([body.subarray(0, 4_096), Buffer.alloc(body.length - 4_096, 1)]),
          ),
        ),
      /damaged/,
    ],
    ['no manifest', (all) => all.filter(({ name }) => name !== 'manifest.json'), /breaks off before its manifest/],
    ['a manifest that is not JSON', (all) => replace(all, /manifest/, () => Buffer.from('{')), /not JSON/],
    ['a manifest of something else', (all) => replace(all, /manifest/, () => Buffer.from('{}')), /not one of ops/],
    [
      'a newer format',
      (all) => replace(all, /manifest/, (body) => Buffer.from(body.toString().replace('"version":1', '"version":99'))),
      /newer ops/,
    ],
    [
      'a file that the manifest does not name',
      (all) => [{ name: 'key', body: Buffer.from('k') }, ...all],
      /does not name/,
    ],
    ['a file behind the manifest', (all) => [...all, { name: 'key', body: Buffer.from('k') }], /follows its manifest/],
    ['one file twice', (all) => [...all.slice(0, 1), ...all], /twice/],
    ['a path upwards', (all) => forged([evil('../evil'), ...all]), /no backup of ops/],
    [
      'a path upwards within extents',
      (all) => forged([evil('extents/../../evil/x.parquet'), ...all]),
      /no backup of ops/,
    ],
    ['an absolute path', (all) => forged([evil('/tmp/evil'), ...all]), /no backup of ops/],
    ['a foreign name', (all) => forged([evil('pins.db'), ...all]), /no backup of ops/],
    ['a link', (all) => [evil('key', 'symlink'), ...all], /no backup of ops/],
  ])('an archive with %s is refused and leaves nothing', async (_, harm, message) => {
    const harmed = join(directory.path, 'backups', 'harmed.tar');
    await writeTar(harmed, harm(await entriesOf(file)));
    for (const there of [false, true]) {
      if (there) mkdirSync(target);
      await expect(restoreFrom(harmed)).rejects.toMatchObject({
        code: 'invalid_data',
        message: expect.stringMatching(message),
      });
      expect(existsSync(target) ? readdirSync(target) : []).toEqual([]);
      expect(readdirSync(directory.path).sort()).toEqual(there ? ['backups', 'data', 'restored'] : ['backups', 'data']);
    }
  });

  test.each([0, 1, 100, 512, 700, 0.5, 0.9])('an archive cut off at %d is refused and leaves nothing', async (at) => {
    const bytes = readFileSync(file);
    const cut = join(directory.path, 'backups', 'cut.tar');
    writeFileSync(cut, bytes.subarray(0, at > 0 && at < 1 ? Math.floor(bytes.length * at) : at));
    await expect(restoreFrom(cut)).rejects.toMatchObject({ code: 'invalid_data' });
    expect(readdirSync(directory.path).sort()).toEqual(['backups', 'data']);
  });

  test('random bytes are no archive', async () => {
    const noise = join(directory.path, 'backups', 'noise.tar');
    writeFileSync(noise, Buffer.alloc(10_000, 'noise'));
    await expect(restoreFrom(noise)).rejects.toMatchObject({ code: 'invalid_data' });
  });

  test('what was stored after the backup is not in it', async () => {
    await addExtents(store.catalog, table, { ids: ['later'], now });
    await restoreFrom(file);
    expect(await liveIds(openTarget().catalog, table)).toEqual(['e1', 'e2']);
  });
});
