import { stat } from 'node:fs/promises';
import type { UsageRow } from '../../core/shared/index.js';
import { bookedExtents, databaseFiles, opsDatabasePath, pinsDatabasePath, type Store } from '../sqlite/index.js';
import { filesUnder, keyPath, temporaryFolder } from './layout.js';
import { requireDirectory } from './presence.js';

const measured = async (what: Pick<UsageRow, 'area' | 'what'>, paths: readonly string[]): Promise<UsageRow> => {
  const sizes = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  const present = sizes.filter((facts) => facts !== undefined);
  return { ...what, files: present.length, bytes: present.reduce((sum, { size }) => sum + size, 0) };
};

/** Bytes by area: the books, each table's live and soft-deleted extents as booked, and what is temporary. `not_found` without a directory. */
export const usage = async (store: Store): Promise<readonly UsageRow[]> => {
  const { dataDir } = store;
  await requireDirectory(store);
  const tables = new Map<string, UsageRow>();
  for (const { extent, database, table } of await bookedExtents(store.db)) {
    const area = extent.deletedAt === undefined ? 'extents' : 'soft-deleted';
    const what = `${database}.${table}`;
    const known = tables.get(`${area} ${what}`) ?? { area, what, files: 0, bytes: 0 };
    tables.set(`${area} ${what}`, { ...known, files: known.files + 1, bytes: known.bytes + extent.byteSize });
  }
  const books = await measured({ area: 'catalogue', what: 'ops.db' }, databaseFiles(opsDatabasePath(dataDir)));
  const pins = await measured({ area: 'pins', what: 'pins.db' }, databaseFiles(pinsDatabasePath(dataDir)));
  const key = await measured({ area: 'key', what: 'key' }, [keyPath(dataDir)]);
  const temporary = await measured(
    { area: 'tmp', what: 'half-written extents' },
    await filesUnder(temporaryFolder(dataDir)),
  );
  const sorted = [...tables.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  return [books, ...sorted, pins, temporary, ...(key.files > 0 ? [key] : [])];
};
