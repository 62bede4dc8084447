import type { Clock } from '../../../base/clock.js';
import { isOpsError, OpsError } from '../../../base/errors.js';
import type { IngestAck, Table } from '../model.js';
import type { Catalog, ExtentStore, StagedExtent } from '../ports.js';
import { holdsBigInts } from './big-ints.js';
import { mergeScans, readAlike } from './merge-scans.js';
import { mergeSchemas } from './merge-schemas.js';
import { type BatchPlan, planBatch } from './plan.js';
import { type BatchScan, kind } from './scan-types.js';
import { timeColumnOf } from './time-column.js';

/** One caller's rows, validated, waiting for a common extent. */
export interface PendingBatch {
  readonly body: Uint8Array;
  readonly scan: BatchScan;
  readonly evolve: boolean;
  readonly key: string | undefined;
  /** Number of its first line in what the user gave. */
  readonly firstLine: number;
}

interface Waiting extends PendingBatch {
  resolve(ack: IngestAck): void;
  reject(error: unknown): void;
}

export interface GroupCommitDeps {
  readonly catalog: Catalog;
  readonly extents: ExtentStore;
  readonly clock: Clock;
}

const groupBytes = 32 * 2 ** 20;
const groupBatches = 1_024;
/** A commit that lost this many races gives up (`kyma` §1.1). */
const commitTries = 20;

const ingestFailed = (table: Table, error: unknown): OpsError =>
  isOpsError(error)
    ? error
    : new OpsError(
        'internal',
        `storing rows in "${table.database}.${table.name}" failed; none of them was stored`,
        'run `ops doctor`, then send the same rows again',
        { reason: 'ingest_failed', cause: error },
      );

/** The longest run at the head of the queue that can share one extent. */
const nextGroup = (queue: readonly Waiting[]): { group: Waiting[]; scan: BatchScan } | undefined => {
  const [first] = queue;
  if (!first) return undefined;
  const group = [first];
  let scan = first.scan;
  let bytes = first.body.length;
  const keys = new Set([first.key]);
  for (const next of queue.slice(1, groupBatches)) {
    const repeats = next.key !== undefined && keys.has(next.key);
    if (next.evolve !== first.evolve || repeats || bytes + next.body.length > groupBytes) break;
    if (!readAlike(scan, next.scan)) break;
    group.push(next);
    keys.add(next.key);
    scan = mergeScans(scan, next.scan);
    bytes += next.body.length;
  }
  return { group, scan };
};

/**
 * Joins what concurrent callers want to store in one table into one extent and one snapshot, so that a thousand small
 * writes cost a hundred fsyncs and not four thousand. First come, first served; a caller is answered only when its
 * rows are durable, and a failure reaches exactly those whose rows were not stored.
 */
export const groupCommit = (deps: GroupCommitDeps) => {
  const queues = new Map<string, Waiting[]>();

  const discard = async (staged: StagedExtent, intent: string | undefined): Promise<void> => {
    await deps.extents.discard([staged]);
    await deps.extents.remove([staged.extent]);
    if (intent !== undefined) await deps.catalog.dropIntent(intent);
  };

  /** As it stands now; without its extents, of which there may be thousands. */
  const tableNow = async (table: Table): Promise<Table> =>
    (await deps.catalog.table(table.database, table.name)) ?? table;

  /** Only where an integer column is about to meet fractions. */
  const bigIntColumns = async (table: Table, scan: BatchScan): Promise<ReadonlySet<string>> => {
    const mayWiden =
      scan.keys.some(({ kinds }) => kinds & kind.fraction) && table.columns.some(({ type }) => type === 'long');
    return mayWiden ? holdsBigInts(await deps.catalog.snapshot(table.id)) : new Set();
  };

  const publish = async (staged: StagedExtent): Promise<string> => {
    let intent: string | undefined;
    try {
      intent = await deps.catalog.openIntent([staged.extent], deps.clock.now());
      await deps.extents.publish([staged]);
      return intent;
    } catch (error) {
      await discard(staged, intent);
      throw error;
    }
  };

  /** Those whose key another process has stored meanwhile; they are answered here. */
  const answerReplays = async (table: Table, group: readonly Waiting[]): Promise<Waiting[]> => {
    const left: Waiting[] = [];
    for (const waiting of group) {
      const ack =
        waiting.key === undefined
          ? undefined
          : await deps.catalog.acknowledged(table.id, waiting.key, deps.clock.now());
      if (ack) waiting.resolve({ ...ack, replayed: true });
      else left.push(waiting);
    }
    return left;
  };

  const shares = (group: readonly Waiting[], byteSize: number): number[] => {
    const total = group.reduce((sum, { body }) => sum + body.length, 0);
    return group.map(({ body }) => Math.round((byteSize * body.length) / total));
  };

  const commit = async (
    staged: StagedExtent,
    group: readonly Waiting[],
    { table, plan, intent }: { table: Table; plan: BatchPlan; intent: string },
  ): Promise<'stored' | 'again'> => {
    const bytes = shares(group, staged.extent.byteSize);
    for (let attempt = 0; attempt < commitTries; attempt++) {
      const current = await tableNow(table);
      const columns = mergeSchemas(current.columns, plan.columns);
      // Somebody declared a column meanwhile that these rows may not fit: plan them anew.
      if (!columns) return 'again';
      const now = deps.clock.now();
      const outcome = await deps.catalog.commit({
        tableId: table.id,
        expected: current.currentSnapshot,
        operation: 'ingest',
        writtenColumns: plan.columns,
        columns,
        timeColumn: timeColumnOf(columns, current.timeColumn),
        add: [staged.extent],
        remove: [],
        acks: group.flatMap(({ key, scan }, index) =>
          key === undefined ? [] : [{ key, rows: scan.rows, bytes: bytes[index] ?? 0 }],
        ),
        intent,
        events: [
          {
            type: 'ingest.committed',
            subject: `${table.database}.${table.name}`,
            key: `extent:${staged.extent.id}`,
            at: now,
            payload: { rows: staged.extent.rowCount, bytes: staged.extent.byteSize, extent: staged.extent.id },
          },
        ],
        now,
      });
      if (outcome.committed) {
        group.forEach(({ resolve, scan }, index) => {
          resolve({
            snapshot_id: outcome.snapshotId,
            extent_count: 1,
            rows_ingested: scan.rows,
            bytes_written: bytes[index] ?? 0,
            replayed: false,
          });
        });
        return 'stored';
      }
      const replayed = await Promise.all(
        group.map(({ key }) =>
          key === undefined ? undefined : deps.catalog.acknowledged(table.id, key, deps.clock.now()),
        ),
      );
      if (replayed.some((ack) => ack !== undefined)) return 'again';
    }
    throw new OpsError(
      'internal',
      `"${table.database}.${table.name}": ${commitTries} commits in a row lost the race against other writers`,
      'send the same rows again; nothing of them was stored',
      { reason: 'ingest_failed' },
    );
  };

  const store = async (table: Table, group: readonly Waiting[], scan: BatchScan): Promise<'stored' | 'again'> => {
    const current = await tableNow(table);
    const plan = planBatch({
      existing: current.columns.length === 0 ? undefined : current.columns,
      scan,
      evolve: group[0]?.evolve ?? true,
      timeColumn: current.timeColumn,
      bigIntColumns: await bigIntColumns(current, scan),
    });
    if (!plan.ok) throw refusal(plan, group[0]?.firstLine ?? 1);
    if (plan.columns.length === 0) throw noColumns(current);
    const staged = await deps.extents.stageRows({
      table: current,
      bodies: group.map(({ body }) => body),
      sources: plan.sources,
      timeColumn: plan.timeColumn,
      presentPaths: plan.presentPaths,
      longestLine: scan.longestLine,
      rows: scan.rows,
    });
    const intent = await publish(staged);
    // From here on a failure leaves the file to the sweep: whether the catalogue names it is not known for sure.
    const outcome = await commit(staged, group, { table: current, plan, intent });
    if (outcome === 'again') await discard(staged, intent);
    return outcome;
  };

  /** Stores a group; where several share a fate that only one of them deserves, each gets its own try. */
  const storeGroup = async (table: Table, group: readonly Waiting[], scan: BatchScan): Promise<void> => {
    try {
      if ((await store(table, group, scan)) === 'stored') return;
      for (const waiting of await answerReplays(table, group)) await storeGroup(table, [waiting], waiting.scan);
    } catch (error) {
      const onlyOnesFault = isOpsError(error) && error.code === 'invalid_data' && group.length > 1;
      if (!onlyOnesFault) {
        for (const { reject } of group) reject(ingestFailed(table, error));
        return;
      }
      for (const waiting of group) await storeGroup(table, [waiting], waiting.scan);
    }
  };

  const drain = async (table: Table, queue: Waiting[]): Promise<void> => {
    for (let next = nextGroup(queue); next; next = nextGroup(queue)) {
      queue.splice(0, next.group.length);
      await storeGroup(table, next.group, next.scan);
    }
    queues.delete(table.id);
  };

  return {
    /** Resolves when the rows are durable and visible. */
    store: (table: Table, batch: PendingBatch): Promise<IngestAck> =>
      new Promise((resolve, reject) => {
        const waiting: Waiting = { ...batch, resolve, reject };
        const queue = queues.get(table.id);
        if (queue) {
          queue.push(waiting);
          return;
        }
        const fresh = [waiting];
        queues.set(table.id, fresh);
        void drain(table, fresh);
      }),
  };
};

/** Rows of nothing but nulls cannot make a table: it would have no column, and the rows could not be kept. */
const noColumns = ({ database, name }: Table): OpsError =>
  new OpsError(
    'invalid_data',
    `no row holds a value, and "${database}.${name}" has no columns yet`,
    'send a row with at least one value that is not null',
    { reason: 'bad_request_body' },
  );

/** A value that does not fit its column, as the error that the caller sees. `line` of the fault counts in the body. */
export const refusal = (fault: { readonly line?: number; readonly message: string }, firstLine: number): OpsError => {
  const line = fault.line === undefined ? undefined : fault.line + firstLine - 1;
  return new OpsError(
    'invalid_data',
    line === undefined ? fault.message : `line ${line}: ${fault.message}`,
    'correct the rows and send them again; nothing of this request was stored',
    { reason: 'bad_request_body', details: line === undefined ? {} : { line } },
  );
};
