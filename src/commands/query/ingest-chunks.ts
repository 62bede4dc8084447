import { isUtf8 } from 'node:buffer';
import { isOpsError, OpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';
import {
  type BatchScan,
  type Chunk,
  type IngestAck,
  type InvalidLine,
  type QueryService,
  type ScanFault,
  scanNdjson,
  splitInvalid,
} from '../../core/query/index.js';
import { countOf } from './count-of.js';
import type { IngestSource } from './ingest-source.js';
import { untilAborted } from './until-aborted.js';

export interface IngestWish {
  readonly database: string;
  readonly table: string;
  readonly key: string | undefined;
  readonly autoCreate: boolean;
  readonly evolve: boolean;
  /** Gets the lines that are no rows; undefined = such a line ends the work. */
  readonly onInvalid: ((lines: readonly InvalidLine[]) => Promise<void>) | undefined;
  /** Undefined for a dry run: everything is checked and nothing sent. */
  readonly service: QueryService | undefined;
  /** Called with each chunk that was read. */
  readonly onRead: (bytes: number, rows: number) => void;
}

/** Chunks that may be on their way at once. */
const mostInFlight = 8;

const scanOptions = { isUtf8, byteOrderMark: 'refuse' } as const;

interface Checked {
  readonly body: Uint8Array;
  readonly scan: BatchScan;
}

/** Lines that are no rows are taken out where that is wished, else the first one is thrown. */
const check = async (chunk: Chunk, { onInvalid }: IngestWish): Promise<Checked> => {
  const first = scanNdjson(chunk.body, scanOptions);
  if (first.ok) return { body: chunk.body, scan: first.scan };
  if (!onInvalid) throw badLine(chunk, first.fault);
  const { body, invalid } = splitInvalid(chunk.body, chunk.firstLine, { byteOrderMark: 'refuse' });
  await onInvalid(invalid);
  const again = scanNdjson(body, scanOptions);
  if (!again.ok) throw badLine(chunk, again.fault);
  return { body, scan: again.scan };
};

const badLine = ({ firstLine }: Chunk, { at, message }: ScanFault): OpsError => {
  const line = firstLine + at.line - 1;
  const { column } = at;
  return new OpsError(
    'invalid_data',
    `line ${line}, column ${column}: ${message}`,
    line === 1 && column === 1
      ? 'if this is not NDJSON, say what it is: --format csv, logfmt or text'
      : 'correct the line, or leave such lines out with --skip-invalid --rejects FILE',
    { reason: 'bad_request_body', at: { line, column } },
  );
};

/** The service's error, with the file it is about. */
const inFile = (error: unknown, { name, linesAreTheFiles }: IngestSource): unknown => {
  if (!isOpsError(error) || error.at === undefined) return error;
  const { code, hint, reason, at, exit, details } = error;
  const message = `${name}: ${error.message}${linesAreTheFiles ? '' : ' (counted in rows)'}`;
  return new OpsError(code, message, hint, { reason, at, exit, details, cause: error });
};

/** An error of the work with what it leaves behind: the rows that are stored. */
const withCommitted = (error: unknown, acks: readonly IngestAck[], key: string | undefined): unknown => {
  if (!isOpsError(error)) return error;
  const rows = acks.reduce((sum, { rows_ingested }) => sum + rows_ingested, 0);
  if (rows === 0 && error.code !== 'invalid_data' && error.code !== 'interrupted') return error;
  const { code, hint, reason, at, exit, details } = error;
  const again =
    rows === 0 || key !== undefined
      ? ''
      : '; running it again would store those rows twice: --idempotency-key prevents that';
  return new OpsError(
    code,
    `${error.message}; ${countOf(rows, 'row')} committed so far`,
    `${hint ?? 'try again'}${again}`,
    {
      reason,
      at,
      exit,
      details,
      cause: error,
    },
  );
};

const dryAck = ({ scan }: Checked): IngestAck => ({
  snapshot_id: '',
  extent_count: 0,
  rows_ingested: scan.rows,
  bytes_written: 0,
  replayed: false,
});

/** At most eight chunks on their way; the answers in the order of the chunks, the failure of the earliest one first. */
class Flight {
  readonly #flying = new Set<Promise<void>>();
  readonly #acks: (IngestAck | undefined)[] = [];
  readonly #failures: { readonly index: number; readonly error: unknown }[] = [];

  get failed(): boolean {
    return this.#failures.length > 0;
  }

  /** Resolves once there is room for another one. */
  async send(work: () => Promise<IngestAck>): Promise<void> {
    const index = this.#acks.push(undefined) - 1;
    const flying = work()
      .then((ack) => {
        this.#acks[index] = ack;
      })
      .catch((error: unknown) => {
        this.#failures.push({ index, error });
      })
      .finally(() => this.#flying.delete(flying));
    this.#flying.add(flying);
    if (this.#flying.size >= mostInFlight) await Promise.race(this.#flying);
  }

  async land(): Promise<{ readonly acks: readonly IngestAck[]; readonly failure: unknown }> {
    await Promise.all(this.#flying);
    const [earliest] = this.#failures.toSorted((a, b) => a.index - b.index);
    return { acks: this.#acks.filter((ack) => ack !== undefined), failure: earliest?.error };
  }
}

/**
 * Sends the chunks of all sources, each one checked before a later one leaves, numbered through: `K#1`, `K#2`, …
 * Ends at the first bad line, failure or interruption with the chunks that are on their way, and then says how many
 * rows are stored.
 */
export const ingestChunks = async (
  ctx: Context,
  sources: AsyncIterable<IngestSource>,
  wish: IngestWish,
): Promise<readonly IngestAck[]> => {
  const flight = new Flight();
  let number = 0;
  let refused: unknown;
  const sendAll = async (source: IngestSource): Promise<void> => {
    for await (const chunk of untilAborted(source.chunks, ctx.signal)) {
      const checked = await check(chunk, wish);
      number++;
      wish.onRead(chunk.body.length, checked.scan.rows);
      if (checked.scan.rows === 0) continue;
      await flight.send(() => send(checked, { chunk, source, number, wish }).finally(chunk.recycle));
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
  const trouble = failure ?? refused ?? (ctx.signal.aborted ? ctx.signal.reason : undefined);
  if (trouble !== undefined) throw withCommitted(trouble, acks, wish.key);
  return acks;
};

const send = async (
  { body, scan }: Checked,
  { chunk, source, number, wish }: { chunk: Chunk; source: IngestSource; number: number; wish: IngestWish },
): Promise<IngestAck> => {
  const { service, database, table, key, autoCreate, evolve } = wish;
  if (!service) return dryAck({ body, scan });
  try {
    return await service.ingest({
      database,
      table,
      body,
      scan,
      autoCreate,
      evolve,
      firstLine: chunk.firstLine,
      ...(key !== undefined && { idempotencyKey: `${key}#${number}` }),
    });
  } catch (error) {
    throw inFile(error, source);
  }
};
