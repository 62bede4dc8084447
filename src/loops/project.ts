import type { OpsTable, QueryMaintenance } from '../core/query/index.js';
import type { EventLog, StoredEvent } from '../core/shared/index.js';
import { encodeRows } from './encode-rows.js';
import type { Loop } from './loop.js';
import { type ProjectedRow, project, projectedTypes } from './projections.js';

/** The consumer of the outbox that writes rows into the reserved database; its cursor: what is stored. */
export const projector = 'projector';

/**
 * The end of the batch that is being stored. It is written before the batch: a run that finds it ahead of the cursor
 * repeats that very batch, under the same keys, and whatever was stored before the crash is stored once.
 */
const claimed = 'projector.claimed';

const batchEvents = 1_000;

/** So many events that are nobody's are passed over without moving the cursor: that would be a write each time. */
const skippedEvents = 1_000;

/** Claims the events that wait, at most `batchEvents` of those that become rows. */
const claim = async (events: EventLog, done: number): Promise<void> => {
  // Asked first: whatever is newer than this, and not among those that wait, is not claimed.
  const newest = await events.newest();
  const waiting = await events.after(done, batchEvents, projectedTypes);
  const last = waiting.at(-1)?.sequence ?? 0;
  const end = waiting.length < batchEvents ? Math.max(newest, last) : last;
  if (end > done) await events.advance(claimed, end);
};

/** The claimed batch that is not known to be stored; undefined where nothing waits. */
const nextBatch = async (events: EventLog) => {
  const done = await events.cursor(projector);
  if ((await events.cursor(claimed)) <= done) await claim(events, done);
  const end = await events.cursor(claimed);
  // Read anew, and after the claim: with another process beside this one both may have moved, the cursor first.
  const start = await events.cursor(projector);
  if (end <= start) return undefined;
  const found = await events.after(start, end - start, projectedTypes);
  return { end, events: found.filter(({ sequence }) => sequence <= end) };
};

interface TableBatch {
  readonly table: OpsTable;
  readonly first: number;
  readonly last: number;
  readonly rows: readonly ProjectedRow['row'][];
}

/** The rows of each table, in the order of their events, at most `batchEvents` together. */
const byTable = (events: readonly StoredEvent[]): readonly TableBatch[] => {
  const tables = new Map<OpsTable, { sequence: number; row: ProjectedRow['row'] }[]>();
  for (const event of events) {
    const projected = project(event);
    if (!projected) continue;
    const known = tables.get(projected.table) ?? [];
    tables.set(projected.table, known);
    known.push({ sequence: event.sequence, row: projected.row });
  }
  return [...tables].flatMap(([table, rows]) =>
    Array.from({ length: Math.ceil(rows.length / batchEvents) }, (_, index) => {
      const part = rows.slice(index * batchEvents, (index + 1) * batchEvents);
      return {
        table,
        first: part.at(0)?.sequence ?? 0,
        last: part.at(-1)?.sequence ?? 0,
        rows: part.map(({ row }) => row),
      };
    }),
  );
};

const store = async (maintenance: QueryMaintenance, { table, first, last, rows }: TableBatch): Promise<number> => {
  await maintenance.record(table, { rows: encodeRows(rows), key: `outbox:${table}:${first}-${last}` });
  return rows.length;
};

/** Writes what happened as rows into the reserved database, where it can be queried. */
export const projection: Loop = {
  name: 'events.project',
  area: 'events',
  everyMs: 2_000,
  hasWork: async (ctx) => {
    const events = await ctx.events();
    const done = await events.cursor(projector);
    if ((await events.newest()) - done > skippedEvents || (await events.cursor(claimed)) > done) return true;
    return (await events.after(done, 1, projectedTypes)).length > 0;
  },
  run: async (ctx) => {
    const events = await ctx.events();
    let stored = 0;
    while (!ctx.signal.aborted) {
      const batch = await nextBatch(events);
      if (!batch) break;
      for (const part of byTable(batch.events)) stored += await store(await ctx.maintenance(), part);
      await events.advance(projector, batch.end);
    }
    return `${stored} event${stored === 1 ? '' : 's'} stored as rows`;
  },
};
