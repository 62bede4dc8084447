import type { Clock } from '../../../base/clock.js';
import { OpsError } from '../../../base/errors.js';
import type { IngestAck, Table } from '../model.js';
import type { Catalog, ExtentStore, StagedExtent, TableCommit } from '../ports.js';
import { holdsBigInts } from './big-ints.js';
import { mergeSchemas } from './merge-schemas.js';
import { type BatchPlan, planBatch } from './plan.js';
import { noColumns, refusal } from './refusal.js';
import { type BatchScan, kind } from './scan-types.js';
import { timeColumnOf } from './time-column.js';

/** One caller's rows, validated. */
export interface PendingBatch {
  readonly body: Uint8Array;
  readonly scan: BatchScan;
  readonly evolve: boolean;
  readonly key: string | undefined;
  /** Number of its first line in what the user gave. */
  readonly firstLine: number;
}

/** Batches that share one extent; `scan` is true of all of them, one after the other. */
export interface BatchGroup<Batch extends PendingBatch = PendingBatch> {
  readonly batches: readonly Batch[];
  readonly scan: BatchScan;
}

/** A group whose extent is written and fsynced, and not yet visible to anybody. */
export interface StagedGroup<Batch extends PendingBatch = PendingBatch> extends BatchGroup<Batch> {
  readonly table: Table;
  readonly plan: BatchPlan;
  readonly staged: StagedExtent;
}

/** `again`: others changed the table so that the group must be staged anew, perhaps without some of its batches. */
export type Stored = readonly IngestAck[] | 'again';

export interface StoreDeps {
  readonly catalog: Catalog;
  readonly extents: ExtentStore;
  readonly clock: Clock;
}

/** A commit that lost this many races gives up (`kyma` §1.1). */
export const commitTries = 20;

/** Each batch's share of the extent's bytes, by the bytes that it sent. */
const shares = ({ batches }: BatchGroup, byteSize: number): readonly number[] => {
  const total = batches.reduce((sum, { body }) => sum + body.length, 0);
  return batches.map(({ body }) => Math.round((byteSize * body.length) / total));
};

const lostEveryRace = ({ database, name }: Table): OpsError =>
  new OpsError(
    'internal',
    `"${database}.${name}": ${commitTries} commits in a row lost the race against other writers`,
    'send the same rows again; nothing of them was stored',
    { reason: 'ingest_failed' },
  );

/** The two halves of storing a group (`kyma` §1.4): the long one that nobody sees, and the short one that counts. */
export const batchStore = ({ catalog, extents, clock }: StoreDeps) => {
  /** As it stands now; without its extents, of which there may be thousands. */
  const tableNow = async (table: Table): Promise<Table> => (await catalog.table(table.database, table.name)) ?? table;

  /** Only where an integer column is about to meet fractions. */
  const bigIntColumns = async (table: Table, scan: BatchScan): Promise<ReadonlySet<string>> => {
    const fractions = scan.keys.some(({ kinds }) => kinds & kind.fraction);
    const mayWiden = fractions && table.columns.some(({ type }) => type === 'long');
    return mayWiden ? holdsBigInts(await catalog.snapshot(table.id)) : new Set();
  };

  const isReplay = async (table: Table, { key }: PendingBatch): Promise<boolean> =>
    key !== undefined && (await catalog.acknowledged(table.id, key, clock.now())) !== undefined;

  const discard = async (staged: StagedExtent, intent: string | undefined): Promise<void> => {
    await extents.discard([staged]);
    await extents.remove([staged.extent]);
    if (intent !== undefined) await catalog.dropIntent(intent);
  };

  const publish = async (staged: StagedExtent): Promise<string> => {
    let intent: string | undefined;
    try {
      intent = await catalog.openIntent([staged.extent], clock.now());
      await extents.publish([staged]);
      return intent;
    } catch (error) {
      await discard(staged, intent);
      throw error;
    }
  };

  const changeOf = (
    { table, plan, staged: { extent }, ...group }: StagedGroup,
    { intent, bytes, now }: { intent: string; bytes: readonly number[]; now: Date },
  ): Omit<TableCommit, 'expected' | 'columns' | 'timeColumn'> => ({
    tableId: table.id,
    operation: 'ingest',
    writtenColumns: plan.columns,
    add: [extent],
    remove: [],
    acks: group.batches.flatMap(({ key, scan }, index) =>
      key === undefined ? [] : [{ key, rows: scan.rows, bytes: bytes[index] ?? 0 }],
    ),
    intent,
    events: [
      {
        type: 'ingest.committed',
        subject: `${table.database}.${table.name}`,
        key: `extent:${extent.id}`,
        at: now,
        payload: { rows: extent.rowCount, bytes: extent.byteSize, extent: extent.id },
      },
    ],
    now,
  });

  const commit = async (group: StagedGroup, intent: string): Promise<Stored> => {
    const bytes = shares(group, group.staged.extent.byteSize);
    for (let attempt = 0; attempt < commitTries; attempt++) {
      const current = await tableNow(group.table);
      const columns = mergeSchemas(current.columns, group.plan.columns);
      // Somebody declared a column meanwhile that these rows may not fit: plan them anew.
      if (!columns) return 'again';
      const outcome = await catalog.commit({
        ...changeOf(group, { intent, bytes, now: clock.now() }),
        expected: current.currentSnapshot,
        columns,
        timeColumn: timeColumnOf(columns, current.timeColumn),
      });
      if (outcome.committed) {
        return group.batches.map(({ scan }, index) => ({
          snapshot_id: outcome.snapshotId,
          extent_count: 1,
          rows_ingested: scan.rows,
          bytes_written: bytes[index] ?? 0,
          replayed: false,
        }));
      }
      const replays = await Promise.all(group.batches.map((batch) => isReplay(group.table, batch)));
      if (replays.includes(true)) return 'again';
    }
    throw lostEveryRace(group.table);
  };

  return {
    /** Writes the extent. `invalid_data` where a value does not fit; nothing is left behind then. */
    stage: async <Batch extends PendingBatch>(table: Table, group: BatchGroup<Batch>): Promise<StagedGroup<Batch>> => {
      const current = await tableNow(table);
      const { scan, batches } = group;
      const plan = planBatch({
        existing: current.columns.length === 0 ? undefined : current.columns,
        scan,
        evolve: batches[0]?.evolve ?? true,
        timeColumn: current.timeColumn,
        bigIntColumns: await bigIntColumns(current, scan),
      });
      if (!plan.ok) throw refusal(plan, batches[0]?.firstLine ?? 1);
      if (plan.columns.length === 0) throw noColumns(current);
      const staged = await extents.stageRows({
        table: current,
        bodies: batches.map(({ body }) => body),
        sources: plan.sources,
        timeColumn: plan.timeColumn,
        presentPaths: plan.presentPaths,
        longestLine: scan.longestLine,
        rows: scan.rows,
      });
      return { ...group, table: current, plan, staged };
    },

    /** Publishes and commits; the acknowledgements in the order of the batches. Durable when it resolves. */
    commit: async (group: StagedGroup): Promise<Stored> => {
      const intent = await publish(group.staged);
      // From here on a failure leaves the file to the sweep: whether the catalogue names it is not known for sure.
      const stored = await commit(group, intent);
      if (stored === 'again') await discard(group.staged, intent);
      return stored;
    },

    /** What was acknowledged under the batch's key, by whomever. */
    replay: async (table: Table, { key }: PendingBatch): Promise<IngestAck | undefined> =>
      key === undefined ? undefined : catalog.acknowledged(table.id, key, clock.now()),
  };
};
