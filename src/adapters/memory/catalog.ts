import { OpsError } from '../../base/errors.js';
import type {
  Catalog,
  Extent,
  IngestAck,
  Snapshot,
  StoredColumn,
  Table,
  TableCommit,
  TableSnapshot,
} from '../../core/query/index.js';
import type { EventLog } from '../../core/shared/index.js';

const dayMs = 24 * 3_600_000;
const ackKeptMs = 25 * 3_600_000;

interface MemoryExtent {
  readonly extent: Extent;
  readonly addedBy: string;
  readonly isRemoving: boolean;
}

interface MemoryTable {
  table: Table;
  readonly versions: Map<number, readonly StoredColumn[]>;
  /** In the order of the rows, soft-deleted ones included. */
  extents: readonly MemoryExtent[];
  readonly snapshots: Snapshot[];
  readonly acks: Map<string, { readonly ack: IngestAck; readonly at: Date }>;
}

export interface MemoryCatalogDeps {
  readonly newId: () => string;
  readonly events: EventLog;
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

const sum = <T>(items: readonly T[], of: (item: T) => number): number => items.reduce((all, item) => all + of(item), 0);

const unknownTable = (id: string): OpsError =>
  new OpsError('not_found', `there is no table with the id ${id}`, 'see the tables with `ops logs schema`', {
    reason: 'table_not_found',
  });

/** The number of this set of columns; a new set gets the next. */
const versionOf = (versions: Map<number, readonly StoredColumn[]>, columns: readonly StoredColumn[]): number => {
  const text = JSON.stringify(columns);
  for (const [version, known] of [...versions].reverse()) if (JSON.stringify(known) === text) return version;
  versions.set(versions.size + 1, columns);
  return versions.size;
};

const view = (stored: MemoryTable, extents: readonly MemoryExtent[]): TableSnapshot => {
  const named = new Set(extents.map(({ extent }) => extent.schemaVersion));
  return {
    table: stored.table,
    extents: extents.map(({ extent }) => extent),
    versions: new Map([...stored.versions].filter(([version]) => named.has(version))),
  };
};

const live = (stored: MemoryTable): readonly MemoryExtent[] =>
  stored.extents.filter(({ extent }) => extent.deletedAt === undefined);

/** The catalogue as plain data in one process: the same promises as the stored one, but for surviving it. */
export const memoryCatalog = ({ newId, events }: MemoryCatalogDeps): Catalog => {
  const databases = new Map([['default', { id: '1', name: 'default' }]]);
  const tables = new Map<string, MemoryTable>();
  const pins = new Map<string, readonly string[]>();
  /** None lapses: this process lives as long as they do. */
  const intents = new Map<string, readonly string[]>();

  const tableById = (id: string): MemoryTable => {
    const stored = tables.get(id);
    if (stored) return stored;
    throw unknownTable(id);
  };

  const named = (database: string, name: string): MemoryTable | undefined =>
    [...tables.values()].find(({ table }) => table.database === database && table.name === name);

  const pin = (snapshots: readonly TableSnapshot[]): (() => Promise<void>) => {
    const id = newId();
    pins.set(
      id,
      snapshots.flatMap(({ extents }) => extents.map((extent) => extent.id)),
    );
    return async () => {
      pins.delete(id);
    };
  };

  const isPinned = (id: string): boolean => [...pins.values()].some((ids) => ids.includes(id));

  const ackOf = (stored: MemoryTable, key: string, now: Date): IngestAck | undefined => {
    const known = stored.acks.get(key);
    return known && known.at.getTime() > now.getTime() - dayMs ? known.ack : undefined;
  };

  const withChange = (stored: MemoryTable, change: TableCommit, addedBy: string): readonly MemoryExtent[] => {
    const at = change.now.toISOString();
    const schemaVersion = versionOf(stored.versions, change.writtenColumns ?? change.columns);
    const added = change.add.map(
      (extent): MemoryExtent => ({ extent: { ...extent, schemaVersion, createdAt: at }, addedBy, isRemoving: false }),
    );
    const next = stored.extents.map((entry) =>
      change.remove.includes(entry.extent.id) ? { ...entry, extent: { ...entry.extent, deletedAt: at } } : entry,
    );
    const place =
      change.operation === 'compaction' ? next.findIndex(({ extent }) => change.remove.includes(extent.id)) : -1;
    return place < 0 ? [...next, ...added] : next.toSpliced(place, 0, ...added);
  };

  const snapshotFor = (stored: MemoryTable, change: TableCommit): Snapshot => {
    const removed = live(stored).filter(({ extent }) => change.remove.includes(extent.id));
    return {
      id: newId(),
      ...(change.expected !== undefined && { parent: change.expected }),
      operation: change.operation,
      rowsAdded: sum(change.add, ({ rowCount }) => rowCount),
      rowsRemoved: sum(removed, ({ extent }) => extent.rowCount),
      bytesAdded: sum(change.add, ({ byteSize }) => byteSize),
      bytesRemoved: sum(removed, ({ extent }) => extent.byteSize),
      createdAt: change.now.toISOString(),
    };
  };

  const tableAfter = ({ table, versions }: MemoryTable, change: TableCommit, snapshotId: string): Table => {
    const { retentionDays: kept, ...rest } = table;
    const retentionDays = change.retentionDays === undefined ? kept : change.retentionDays;
    return {
      ...rest,
      columns: change.columns,
      schemaVersion: versionOf(versions, change.columns),
      currentSnapshot: snapshotId,
      ...(change.timeColumn !== undefined && { timeColumn: change.timeColumn }),
      ...(retentionDays !== undefined && retentionDays !== null && { retentionDays }),
    };
  };

  const commit: Catalog['commit'] = async (change) => {
    const stored = tableById(change.tableId);
    const ids = new Set(live(stored).map(({ extent }) => extent.id));
    const isStale =
      stored.table.currentSnapshot !== change.expected ||
      !change.remove.every((id) => ids.has(id)) ||
      change.acks?.some(({ key }) => ackOf(stored, key, change.now) !== undefined);
    if (isStale) return { committed: false, reason: 'conflict' };
    if (change.intent !== undefined && !intents.delete(change.intent))
      throw new OpsError('unavailable', 'storing stood still for so long that its files were given up', 'try again', {
        reason: 'ingest_failed',
      });
    const snapshot = snapshotFor(stored, change);
    stored.snapshots.push(snapshot);
    stored.extents = withChange(stored, change, snapshot.id);
    stored.table = tableAfter(stored, change, snapshot.id);
    for (const { key, rows, bytes } of change.acks ?? []) {
      const ack = { extent_count: change.add.length, rows_ingested: rows, bytes_written: bytes, replayed: false };
      stored.acks.set(key, { ack: { snapshot_id: snapshot.id, ...ack }, at: change.now });
    }
    await events.append(change.events ?? []);
    return { committed: true, snapshotId: snapshot.id };
  };

  return {
    databases: async () => [...databases.values()].sort(byName),

    tables: async (database) =>
      databases.has(database)
        ? [...tables.values()]
            .map(({ table }) => table)
            .filter((table) => table.database === database)
            .sort(byName)
        : undefined,

    table: async (database, name) => named(database, name)?.table,

    createTable: async ({ database, name, columns, timeColumn, retentionDays }) => {
      const known = named(database, name);
      if (known) return { created: false, table: known.table };
      const home = databases.get(database) ?? { id: String(databases.size + 1), name: database };
      databases.set(database, home);
      const table: Table = {
        id: String(tables.size + 1),
        databaseId: home.id,
        database,
        name,
        columns,
        schemaVersion: 1,
        ...(timeColumn !== undefined && { timeColumn }),
        ...(retentionDays !== undefined && retentionDays !== null && { retentionDays }),
      };
      const versions = new Map([[1, columns]]);
      tables.set(table.id, { table, versions, extents: [], snapshots: [], acks: new Map() });
      return { created: true, table };
    },

    pin: async (database, names) => {
      const snapshots = new Map<string, TableSnapshot>();
      for (const name of names) {
        const stored = named(database, name);
        if (stored) snapshots.set(name, view(stored, live(stored)));
      }
      return { snapshots, release: pin([...snapshots.values()]) };
    },

    snapshot: async (tableId) => {
      const stored = tableById(tableId);
      return view(stored, live(stored));
    },

    ingestedSince: async (tableId, after) => {
      const stored = tableById(tableId);
      const seen = stored.snapshots.findIndex(({ id }) => id === after);
      const later = seen < 0 ? [] : stored.snapshots.slice(seen + 1).filter(({ operation }) => operation === 'ingest');
      const fresh = later.flatMap(({ id }) =>
        stored.extents.filter(({ addedBy, isRemoving }) => addedBy === id && !isRemoving),
      );
      const snapshot = view(stored, fresh);
      return { snapshot, newest: stored.table.currentSnapshot, release: pin([snapshot]) };
    },

    commit,

    acknowledged: async (tableId, key, now) => {
      const stored = tables.get(tableId);
      return stored && ackOf(stored, key, now);
    },

    openIntent: async (extents) => {
      const intent = newId();
      intents.set(
        intent,
        extents.map(({ id }) => id),
      );
      return intent;
    },

    dropIntent: async (intent) => {
      intents.delete(intent);
    },

    removable: async (tableId, before) => {
      const stored = tableById(tableId);
      const isRemovable = ({ extent }: MemoryExtent): boolean =>
        extent.deletedAt !== undefined && Date.parse(extent.deletedAt) < before.getTime() && !isPinned(extent.id);
      stored.extents = stored.extents.map((entry) => (isRemovable(entry) ? { ...entry, isRemoving: true } : entry));
      return stored.extents.filter(isRemovable).map(({ extent }) => extent);
    },

    forget: async (extentIds) => {
      for (const stored of tables.values())
        stored.extents = stored.extents.filter(
          ({ extent }) => extent.deletedAt === undefined || !extentIds.includes(extent.id),
        );
    },

    unknownExtents: async (ids) => {
      const known = new Set([...tables.values()].flatMap(({ extents }) => extents.map(({ extent }) => extent.id)));
      for (const id of [...intents.values()].flat()) known.add(id);
      return ids.filter((id) => !known.has(id));
    },

    sweepExpired: async (now) => {
      let swept = 0;
      for (const { acks } of tables.values()) {
        for (const [key, { at }] of acks) {
          if (at.getTime() < now.getTime() - ackKeptMs) swept += Number(acks.delete(key));
        }
      }
      return swept;
    },
  };
};
