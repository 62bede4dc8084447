import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type CheckExtent, dataDirectory } from '../../../src/adapters/data-directory/index.js';
import type { Store } from '../../../src/adapters/sqlite/index.js';
import type { Table } from '../../../src/core/query/index.js';
import type { VerifyRow } from '../../../src/core/shared/index.js';
import { changeOf, makeTable, newExtent } from '../../contract/catalog-fixtures.js';
import { clockAtStart, storeOn } from '../sqlite/open.js';

export const now = new Date('2026-03-01T12:00:00Z');
export const never = new AbortController().signal;

/** The marks of a Parquet file around some bytes; enough for whoever does not read its rows. */
export const parquetLike = (text: string): Buffer => {
  const footer = Buffer.alloc(4);
  footer.writeUInt32LE(2);
  return Buffer.concat([Buffer.from('PAR1'), Buffer.from(`${text}ft`), footer, Buffer.from('PAR1')]);
};

export const extentFile = (dataDir: string, table: Table, id: string): string =>
  join(dataDir, 'extents', table.databaseId, table.id, `${id}.parquet`);

export const writeExtent = (path: string, bytes: Buffer): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
};

/** A store with `default.logs`: live extents e1 and e2, soft-deleted e0, files and all. */
export const filledStore = async (dataDir: string, name = 'a'): Promise<{ store: Store; table: Table }> => {
  const store = storeOn(dataDir, { name });
  const table = await makeTable(store.catalog, now);
  for (const id of ['e0', 'e1', 'e2']) {
    const bytes = parquetLike(`rows of ${id}`);
    writeExtent(extentFile(dataDir, table, id), bytes);
    const add = [newExtent(table, id, { byteSize: bytes.length })];
    await store.catalog.commit(await changeOf(store.catalog, table, { add, now }));
  }
  await store.catalog.commit(await changeOf(store.catalog, table, { operation: 'retention', remove: ['e0'], now }));
  return { store, table };
};

export const directoryOf = (store: Store, checkExtent?: CheckExtent) =>
  dataDirectory({ store, clock: clockAtStart(), checkExtent });

export const verified = async (store: Store, checkExtent?: CheckExtent): Promise<readonly VerifyRow[]> => {
  const rows: VerifyRow[] = [];
  for await (const row of directoryOf(store, checkExtent).verify(never)) rows.push(row);
  return rows;
};

/** Every file below, with its text. */
export const contentsOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [relative(folder, path), readFileSync(path, 'latin1')]),
  );
