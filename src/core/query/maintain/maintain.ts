import { OpsError } from '../../../base/errors.js';
import type { IngestDeps } from '../ingest/ingest.js';
import type { CleanupResult, CompactResult, Extent, Table, TableSnapshot } from '../model.js';
import { checkWritable, tableNotFound } from '../names.js';
import type { Catalog, StagedExtent, TableCommit } from '../ports.js';
import type { QueryMaintenance } from '../query-service.js';
import { isVisible } from '../visible.js';
import { everyMerge, worthwhileMerges } from './compaction.js';
import { recorder } from './record.js';
import { expired } from './retention.js';

/** Queries of other processes may still read an extent that has just left the snapshot. */
const graceMs = 3_600_000;
const orphanAgeMs = 3_600_000;
const commitTries = 20;

const sum = (extents: readonly Extent[], of: (extent: Extent) => number): number =>
  extents.reduce((total, extent) => total + of(extent), 0);

/** A table that exists for the user; `not_found` (`table_not_found`) otherwise. */
export const visibleTable = async (catalog: Catalog, database: string, name: string): Promise<Table> => {
  const table = await catalog.table(database, name);
  if (!table || !isVisible(table)) throw tableNotFound(database, name);
  return table;
};

/** Merging, forgetting and removing extents. None of it changes the answer of a query, but for retention. */
export const maintenance = (deps: IngestDeps) => {
  const { catalog, extents, clock } = deps;

  /** True once committed; false where the extents left the snapshot meanwhile, so that there is nothing to do. */
  const replace = async (
    tableId: string,
    change: Pick<TableCommit, 'operation' | 'add' | 'remove' | 'intent' | 'writtenColumns'>,
  ) => {
    for (let attempt = 0; attempt < commitTries; attempt++) {
      const snapshot = await catalog.snapshot(tableId);
      const live = new Set(snapshot.extents.map(({ id }) => id));
      if (!change.remove.every((id) => live.has(id))) return undefined;
      const outcome = await catalog.commit({
        ...change,
        tableId,
        expected: snapshot.table.currentSnapshot,
        columns: snapshot.table.columns,
        now: clock.now(),
      });
      if (outcome.committed) return outcome.snapshotId;
    }
    throw new OpsError('conflict', 'the table changes too fast to be compacted', 'try again later');
  };

  const discard = async (staged: StagedExtent, intent: string | undefined): Promise<void> => {
    await extents.discard([staged]);
    await extents.remove([staged.extent]);
    if (intent !== undefined) await catalog.dropIntent(intent);
  };

  /** Merges one run; undefined where somebody else changed these extents first. */
  const merge = async (snapshot: TableSnapshot, run: readonly Extent[]) => {
    const { columns, id, database, name } = snapshot.table;
    const pinned = await catalog.pin(database, [name]);
    let staged: StagedExtent;
    try {
      const held = new Set(pinned.snapshots.get(name)?.extents.map((extent) => extent.id));
      if (!run.every((extent) => held.has(extent.id))) return undefined;
      staged = await extents.stageMerge({ snapshot, extents: run, columns });
    } finally {
      await pinned.release();
    }
    const intent = await catalog.openIntent([staged.extent], clock.now());
    await extents.publish([staged]);
    const snapshotId = await replace(id, {
      operation: 'compaction',
      add: [staged.extent],
      remove: run.map((extent) => extent.id),
      intent,
      writtenColumns: columns,
    });
    if (snapshotId === undefined) await discard(staged, intent);
    return snapshotId;
  };

  const compactTable = async (table: Table, choose: typeof everyMerge, signal?: AbortSignal): Promise<number> => {
    const snapshot = await catalog.snapshot(table.id);
    let merged = 0;
    for (const run of choose(snapshot.extents)) {
      if (signal?.aborted) break;
      if ((await merge(snapshot, run)) !== undefined) merged += run.length;
    }
    return merged;
  };

  const eachTable = async (visit: (table: Table) => Promise<number>, signal?: AbortSignal): Promise<number> => {
    let count = 0;
    for (const { name } of await catalog.databases()) {
      for (const table of (await catalog.tables(name)) ?? []) {
        if (signal?.aborted) return count;
        count += await visit(table);
      }
    }
    return count;
  };

  const removeForGood = async (table: Table, before: Date): Promise<CleanupResult> => {
    const removable = await catalog.removable(table.id, before, clock.now());
    await extents.remove(removable);
    await catalog.forget(removable.map(({ id }) => id));
    return {
      extents_deleted: removable.length,
      rows_freed: sum(removable, ({ rowCount }) => rowCount),
      bytes_freed: sum(removable, ({ byteSize }) => byteSize),
    };
  };

  const retain = async (table: Table): Promise<number> => {
    if (table.retentionDays === undefined) return 0;
    const { extents: live } = await catalog.snapshot(table.id);
    const old = expired(live, { retentionDays: table.retentionDays, now: clock.now() });
    if (old.length === 0) return 0;
    const done = await replace(table.id, { operation: 'retention', add: [], remove: old.map(({ id }) => id) });
    return done === undefined ? 0 : old.length;
  };

  const removeOrphans = async (): Promise<number> => {
    const now = clock.now();
    const files = await extents.olderThan(new Date(now.getTime() - orphanAgeMs));
    const orphans = new Set(
      await catalog.unknownExtents(
        files.map(({ id }) => id),
        now,
      ),
    );
    const doomed = files.filter(({ id }) => orphans.has(id));
    for (const { remove } of doomed) await remove();
    return doomed.length;
  };

  const background: QueryMaintenance = {
    compactDue: (signal) => eachTable((table) => compactTable(table, worthwhileMerges, signal), signal),
    retainDue: (signal) => eachTable(retain, signal),
    sweep: async (signal) => {
      const before = new Date(clock.now().getTime() - graceMs);
      const removed = await eachTable(async (table) => (await removeForGood(table, before)).extents_deleted, signal);
      if (signal?.aborted) return removed;
      await catalog.sweepExpired(clock.now());
      return removed + (await removeOrphans());
    },
    record: recorder(deps),
  };

  return {
    background,
    cleanup: async (database: string, name: string, before: Date): Promise<CleanupResult> => {
      checkWritable(database, name);
      return removeForGood(await visibleTable(catalog, database, name), before);
    },
    compact: async (database: string, name: string): Promise<CompactResult> => {
      checkWritable(database, name);
      const table = await visibleTable(catalog, database, name);
      const before = await catalog.snapshot(table.id);
      const merged = await compactTable(table, everyMerge);
      const after = await catalog.snapshot(table.id);
      return {
        extents_before: before.extents.length,
        extents_after: after.extents.length,
        rows: sum(after.extents, ({ rowCount }) => rowCount),
        bytes_before: sum(before.extents, ({ byteSize }) => byteSize),
        bytes_after: sum(after.extents, ({ byteSize }) => byteSize),
        snapshot_id: merged === 0 ? null : (after.table.currentSnapshot ?? null),
      };
    },
  };
};
