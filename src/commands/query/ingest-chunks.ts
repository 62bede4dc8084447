import { isUtf8 } from 'node:buffer';
import type { Context } from '../../context.js';
import {
  type BatchScan,
  bareTexts,
  type Chunk,
  type IngestAck,
  type InvalidLine,
  misfitColumn,
  type QueryService,
  scanNdjson,
  splitInvalid,
  splitMisfits,
  type TypedColumn,
} from '../../core/query/index.js';
import { badLine, inFile, withCommitted } from './ingest-faults.js';
import { Flight } from './ingest-flight.js';
import { type DifferingReplay, tellDifferingReplays } from './ingest-replays.js';
import type { IngestSource, TakeInvalid } from './ingest-source.js';
import { untilAborted } from './until-aborted.js';

export interface IngestWish {
  readonly database: string;
  readonly table: string;
  readonly key: string | undefined;
  readonly autoCreate: boolean;
  readonly evolve: boolean;
  /** Gets the lines of a source that are no rows or do not fit the table; undefined = such a line ends the work. */
  readonly onInvalid: TakeInvalid | undefined;
  /** Undefined for a dry run: everything is checked and nothing sent. */
  readonly service: QueryService | undefined;
  /** Called with each chunk that was read. */
  readonly onRead: (bytes: number, rows: number) => void;
}

const scanOptions = { isUtf8, byteOrderMark: 'refuse' } as const;

interface Checked {
  readonly body: Uint8Array;
  readonly scan: BatchScan;
}

/** A chunk on its way: where it is from, and the how many-th it is. */
interface Passage {
  readonly chunk: Chunk;
  readonly source: IngestSource;
  readonly number: number;
  readonly wish: IngestWish;
}

const countedIn = ({ linesAreTheFiles }: IngestSource): 'lines' | 'rows' => (linesAreTheFiles ? 'lines' : 'rows');

const scanned = (body: Uint8Array, chunk: Chunk): Checked => {
  const result = scanNdjson(body, scanOptions);
  if (!result.ok) throw badLine(chunk, result.fault);
  return { body, scan: result.scan };
};

/** Lines that are no rows are taken out where that is wished, else the first one is thrown. */
const check = async (chunk: Chunk, source: IngestSource, { onInvalid }: IngestWish): Promise<Checked> => {
  const first = scanNdjson(chunk.body, scanOptions);
  if (first.ok) return { body: chunk.body, scan: first.scan };
  if (!onInvalid) throw badLine(chunk, first.fault);
  const { body, invalid } = splitInvalid(chunk.body, chunk.firstLine, { byteOrderMark: 'refuse' });
  await onInvalid({ name: source.name, countedIn: countedIn(source) }, invalid);
  return scanned(body, chunk);
};

/** The same rows, as far as they fit the columns: without the lines that do not where such may be left out. */
const fitting = async (
  { body, scan }: Checked,
  columns: readonly TypedColumn[],
  { chunk, source, wish }: Passage,
): Promise<Checked> => {
  const invalid: InvalidLine[] = [];
  let rest = body;
  for (const column of columns) {
    if (source.valuesAreTexts) rest = bareTexts(rest, column);
    if (!wish.onInvalid) continue;
    const split = splitMisfits(rest, column, chunk.firstLine);
    rest = split.body;
    invalid.push(...split.invalid);
  }
  if (invalid.length > 0) await wish.onInvalid?.({ name: source.name, countedIn: countedIn(source) }, invalid);
  return rest === body ? { body, scan } : scanned(rest, chunk);
};

const dryAck = ({ scan }: Checked): IngestAck => ({
  snapshot_id: '',
  extent_count: 0,
  rows_ingested: scan.rows,
  bytes_written: 0,
  replayed: false,
});

const sendOnce = ({ body, scan }: Checked, { chunk, number, wish }: Passage, service: QueryService) => {
  const { database, table, key, autoCreate, evolve } = wish;
  return service.ingest({
    database,
    table,
    body,
    scan,
    autoCreate,
    evolve,
    firstLine: chunk.firstLine,
    ...(key !== undefined && { idempotencyKey: `${key}#${number}` }),
  });
};

/** What came of a chunk: its answer, undefined where no row of it was left to store, and how many rows were sent. */
interface Sent {
  readonly ack: IngestAck | undefined;
  readonly rows: number;
}

/** Stores the chunk, or what is left of it. */
const send = async (checked: Checked, passage: Passage): Promise<Sent> => {
  const { service, database, table, onInvalid } = passage.wish;
  if (!service) return { ack: dryAck(checked), rows: checked.scan.rows };
  let rest = checked;
  // A refusal names one column: at most as many rounds as there are columns.
  while (rest.scan.rows > 0) {
    try {
      const ack = await sendOnce(rest, passage, service);
      // What was stored then lacks the rows that did not fit: so it is compared with the rows that do.
      if (onInvalid && ack.replayed && ack.rows_ingested < rest.scan.rows)
        rest = await fitting(rest, (await service.describe(database, table)).columns, passage);
      return { ack, rows: rest.scan.rows };
    } catch (error) {
      const column = misfitColumn(error);
      const left = column ? await fitting(rest, [column], passage) : rest;
      if (left === rest || left.body === rest.body) throw inFile(error, passage.source);
      rest = left;
    }
  }
  return { ack: undefined, rows: 0 };
};

/**
 * Sends the chunks of all sources, each one checked before a later one leaves, numbered through: `K#1`, `K#2`, …
 * Ends at the first bad line, failure or interruption with the chunks that are on their way, and then says how many
 * rows are stored. Says on stderr where rows were not stored because their key stands for others.
 */
export const ingestChunks = async (
  ctx: Context,
  sources: AsyncIterable<IngestSource>,
  wish: IngestWish,
): Promise<readonly IngestAck[]> => {
  const flight = new Flight();
  const replays: DifferingReplay[] = [];
  let number = 0;
  let refused: unknown;

  const compared = ({ ack, rows }: Sent, chunk: number): IngestAck | undefined => {
    if (ack?.replayed && ack.rows_ingested !== rows) replays.push({ chunk, recorded: ack.rows_ingested, sent: rows });
    return ack;
  };

  const sendAll = async (source: IngestSource): Promise<void> => {
    for await (const chunk of untilAborted(source.chunks, ctx.signal)) {
      const checked = await check(chunk, source, wish);
      const passage = { chunk, source, number: ++number, wish };
      wish.onRead(chunk.body.length, checked.scan.rows);
      if (checked.scan.rows === 0) continue;
      await flight.send(() =>
        send(checked, passage)
          .then((sent) => compared(sent, passage.number))
          .finally(chunk.recycle),
      );
      if (flight.failed) return;
    }
  };

  try {
    for await (const source of sources) {
      if (ctx.signal.aborted || flight.failed) break;
      await sendAll(source).catch((error: unknown) => {
        throw inFile(error, source);
      });
    }
  } catch (error) {
    refused = error;
  }
  const { acks, failure } = await flight.land();
  const { key } = wish;
  if (key !== undefined) tellDifferingReplays(ctx, replays, key);
  const trouble = failure ?? refused ?? (ctx.signal.aborted ? ctx.signal.reason : undefined);
  if (trouble !== undefined) throw withCommitted(trouble, acks, key);
  return acks;
};
