import { isOpsError, OpsError } from '../../../base/errors.js';
import type { IngestAck, Table } from '../model.js';
import { mergeScans, readAlike } from './merge-scans.js';
import {
  type BatchGroup,
  batchStore,
  commitTries,
  type PendingBatch,
  type StagedGroup,
  type StoreDeps,
} from './store-batches.js';

interface Waiting extends PendingBatch {
  resolve(ack: IngestAck): void;
  reject(error: unknown): void;
}

const groupBytes = 32 * 2 ** 20;
const groupBatches = 1_024;

const ingestFailed = (table: Table, error: unknown): OpsError =>
  isOpsError(error)
    ? error
    : new OpsError(
        'internal',
        `storing rows in "${table.database}.${table.name}" failed; none of them was stored`,
        'run `ops doctor`, then send the same rows again',
        { reason: 'ingest_failed', cause: error },
      );

/** Takes the longest run at the head of the queue that can share one extent. */
const takeGroup = (queue: Waiting[]): BatchGroup<Waiting> | undefined => {
  const [first] = queue;
  if (!first) return undefined;
  const batches = [first];
  let { scan } = first;
  let bytes = first.body.length;
  const keys = new Set([first.key]);
  for (const next of queue.slice(1, groupBatches)) {
    const repeats = next.key !== undefined && keys.has(next.key);
    if (next.evolve !== first.evolve || repeats || bytes + next.body.length > groupBytes) break;
    if (!readAlike(scan, next.scan)) break;
    batches.push(next);
    keys.add(next.key);
    scan = mergeScans(scan, next.scan);
    bytes += next.body.length;
  }
  queue.splice(0, batches.length);
  return { batches, scan };
};

/**
 * Joins what concurrent callers want to store in one table into one extent and one snapshot, so that a thousand small
 * writes cost a hundred fsyncs and not four thousand. First come, first served; a caller is answered only when its
 * rows are durable, and a failure reaches exactly those whose rows were not stored. While one group is committed the
 * next one is written already.
 */
export const groupCommit = (deps: StoreDeps) => {
  const store = batchStore(deps);
  const queues = new Map<string, Waiting[]>();

  const alone = async (table: Table, waiting: Waiting): Promise<void> => {
    try {
      for (let attempt = 0; attempt < commitTries; attempt++) {
        const replay = await store.replay(table, waiting);
        if (replay) return waiting.resolve({ ...replay, replayed: true });
        const stored = await store.commit(await store.stage(table, { batches: [waiting], scan: waiting.scan }));
        if (stored === 'again') continue;
        for (const ack of stored) waiting.resolve(ack);
        return;
      }
      throw new OpsError('conflict', `"${table.database}.${table.name}" is being changed by others`, 'try again');
    } catch (error) {
      waiting.reject(ingestFailed(table, error));
    }
  };

  const oneByOne = async (table: Table, batches: readonly Waiting[]): Promise<void> => {
    for (const waiting of batches) await alone(table, waiting);
  };

  const finish = async (group: StagedGroup<Waiting>): Promise<void> => {
    try {
      const stored = await store.commit(group);
      if (stored === 'again') return await oneByOne(group.table, group.batches);
      for (const [index, ack] of stored.entries()) group.batches[index]?.resolve(ack);
    } catch (error) {
      for (const { reject } of group.batches) reject(ingestFailed(group.table, error));
    }
  };

  /** Undefined where the group could not be staged; its callers are answered by `orElse` then. */
  const staged = async (
    table: Table,
    group: BatchGroup<Waiting>,
  ): Promise<{ readonly group?: StagedGroup<Waiting>; orElse(): Promise<void> }> => {
    try {
      return { group: await store.stage(table, group), orElse: async () => undefined };
    } catch (error) {
      // Several share a fate that perhaps only one of them deserves: each gets its own try.
      const onlyOnesFault = isOpsError(error) && error.code === 'invalid_data' && group.batches.length > 1;
      if (onlyOnesFault) return { orElse: () => oneByOne(table, group.batches) };
      for (const { reject } of group.batches) reject(ingestFailed(table, error));
      return { orElse: async () => undefined };
    }
  };

  const drain = async (table: Table, queue: Waiting[]): Promise<void> => {
    let committing: Promise<void> = Promise.resolve();
    for (;;) {
      const group = takeGroup(queue);
      if (!group) {
        await committing;
        if (queue.length > 0) continue;
        queues.delete(table.id);
        return;
      }
      // Which keys are unknown depends on what the groups before have made of the table.
      if (group.batches.some(({ evolve }) => !evolve)) await committing;
      const next = await staged(table, group);
      await committing; // the order of the commits is that of the callers
      committing = next.group ? finish(next.group) : next.orElse();
    }
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
