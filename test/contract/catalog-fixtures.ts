import type {
  Catalog,
  NewExtent,
  SnapshotOperation,
  StoredColumn,
  Table,
  TableCommit,
} from '../../src/core/query/index.js';

export const message: StoredColumn = { name: 'message', type: 'string', declared: false };
export const status: StoredColumn = { name: 'status', type: 'long', declared: false };

/** An extent with every field set, so that a round trip shows each. */
export const newExtent = (table: Table, id: string, rest: Partial<NewExtent> = {}): NewExtent => ({
  id,
  tableId: table.id,
  databaseId: table.databaseId,
  byteSize: 100,
  rowCount: 10,
  minTimestamp: '2026-03-01T10:00:00.000001Z',
  maxTimestamp: '2026-03-01T11:00:00Z',
  columnStats: { message: { min: 'a', max: 'z', nullCount: 2 } },
  presentPaths: ['message'],
  compactionGen: 0,
  ...rest,
});

export const makeTable = async (catalog: Catalog, now: Date, name = 'logs', database = 'default'): Promise<Table> =>
  (await catalog.createTable({ database, name, columns: [message], now })).table;

/** A change of the table as it is now. */
export const changeOf = async (
  catalog: Catalog,
  table: Table,
  change: Partial<TableCommit> & { readonly now: Date },
): Promise<TableCommit> => {
  const { table: current } = await catalog.snapshot(table.id);
  return {
    tableId: table.id,
    expected: current.currentSnapshot,
    operation: 'ingest',
    columns: current.columns,
    add: [],
    remove: [],
    ...change,
  };
};

/** Commits extents of these ids; the snapshot's id. */
export const addExtents = async (
  catalog: Catalog,
  table: Table,
  {
    ids,
    now,
    remove = [],
    operation = 'ingest',
  }: { ids: readonly string[]; now: Date; remove?: readonly string[]; operation?: SnapshotOperation },
): Promise<string> => {
  const add = ids.map((id) => newExtent(table, id));
  const outcome = await catalog.commit(await changeOf(catalog, table, { add, remove, operation, now }));
  if (!outcome.committed) throw new Error(`the commit of ${ids.join()} lost a race`);
  return outcome.snapshotId;
};

export const liveIds = async (catalog: Catalog, table: Table): Promise<readonly string[]> =>
  (await catalog.snapshot(table.id)).extents.map(({ id }) => id);
