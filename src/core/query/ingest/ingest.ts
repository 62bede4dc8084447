import { OpsError } from '../../../base/errors.js';
import type { IngestAck, Table } from '../model.js';
import { checkWritable, tableNotFound } from '../names.js';
import type { IngestRequest } from '../query-service.js';
import { isVisible } from '../visible.js';
import { canonicalBatch } from './canonical.js';
import { groupCommit } from './group-commit.js';
import type { BatchScan, ScanOptions } from './scan-types.js';
import { scanNdjson } from './scanner.js';
import type { PendingBatch, StoreDeps } from './store-batches.js';

/** A body of exactly this size is still taken. */
export const maxBodyBytes = 64 * 2 ** 20;
const maxKeyBytes = 1_024;

const bodyRefused = (message: string, hint: string, at?: { line: number; column: number }): OpsError =>
  new OpsError('invalid_data', message, hint, {
    reason: 'bad_request_body',
    at,
    details: at ? { line: at.line, column: at.column } : {},
  });

const checkSize = (body: Uint8Array): void => {
  if (body.length <= maxBodyBytes) return;
  throw new OpsError(
    'limit_exceeded',
    `the body has ${body.length} bytes, one ingest takes at most ${maxBodyBytes}`,
    'send it in several parts, as `ops ingest` does',
    { reason: 'body_too_large', details: { limit: maxBodyBytes, unit: 'bytes' } },
  );
};

const checkedKey = (key: string | undefined): string | undefined => {
  if (key === undefined || key === '') return undefined;
  if (new TextEncoder().encode(key).length <= maxKeyBytes) return key;
  throw new OpsError('invalid_data', `the idempotency key is longer than ${maxKeyBytes} bytes`, 'use a shorter key', {
    reason: 'bad_request',
  });
};

/** The scan of a body, or the fault with the line as the user counts it. */
const scanned = (request: IngestRequest, isUtf8: ScanOptions['isUtf8']): BatchScan => {
  if (request.scan) return request.scan;
  const outcome = scanNdjson(request.body, { isUtf8 });
  if (outcome.ok) return outcome.scan;
  const { at, message } = outcome.fault;
  const line = at.line + (request.firstLine ?? 1) - 1;
  throw bodyRefused(`line ${line}, column ${at.column}: ${message}`, 'each line must hold one JSON object', {
    line,
    column: at.column,
  });
};

/** What the queue takes: a body that the engine can read as it stands. */
const pending = (
  request: IngestRequest,
  { key, table, isUtf8 }: { key: string | undefined; table: Table | undefined; isUtf8: ScanOptions['isUtf8'] },
): PendingBatch => {
  const found = scanned(request, isUtf8);
  if (found.rows === 0) throw bodyRefused('the body holds no row', 'send at least one JSON object');
  const existing = table?.columns.map(({ name }) => name) ?? [];
  const { body, scan } = canonicalBatch({ body: request.body, scan: found }, { existing, isUtf8 });
  return { body, scan, evolve: request.evolve ?? true, key, firstLine: request.firstLine ?? 1 };
};

export interface IngestDeps extends StoreDeps {
  /** The platform's fast check of a whole body, where it has one. */
  readonly isUtf8?: ScanOptions['isUtf8'];
  /** Throws where rows may not go. Default: to every table but those of the reserved database. */
  readonly checkTarget?: (database: string, table: string) => void;
}

/**
 * Atomic, durable, idempotent storing of rows (`kyma` §1.4). Two requests with one key in one table store once: the
 * later waits for the first and gets its answer with `replayed: true`; if the first fails, the later one runs.
 */
export const ingestInto = (deps: IngestDeps) => {
  const groups = groupCommit(deps);
  const underWay = new Map<string, Promise<IngestAck>>();

  const existing = async (request: IngestRequest): Promise<Table | undefined> => {
    const table = await deps.catalog.table(request.database, request.table);
    if (request.autoCreate !== false || (table && isVisible(table))) return table;
    throw tableNotFound(request.database, request.table);
  };

  const create = async (request: IngestRequest): Promise<Table> => {
    const { database, table: name } = request;
    const made = await deps.catalog.createTable({ database, name, columns: [], now: deps.clock.now() });
    return made.table;
  };

  const storeOnce = async (request: IngestRequest, key: string | undefined): Promise<IngestAck> => {
    const known = await existing(request);
    if (known && key !== undefined) {
      const ack = await deps.catalog.acknowledged(known.id, key, deps.clock.now());
      if (ack) return { ...ack, replayed: true };
    }
    const batch = pending(request, { key, table: known, isUtf8: deps.isUtf8 });
    return groups.store(known ?? (await create(request)), batch);
  };

  return async (request: IngestRequest): Promise<IngestAck> => {
    (deps.checkTarget ?? checkWritable)(request.database, request.table);
    checkSize(request.body);
    const key = checkedKey(request.idempotencyKey);
    if (key === undefined) return storeOnce(request, key);
    const slot = JSON.stringify([request.database, request.table, key]);
    for (let first = underWay.get(slot); first; first = underWay.get(slot)) {
      const ack = await first.catch(() => undefined);
      if (ack) return { ...ack, replayed: true };
    }
    const run = storeOnce(request, key).finally(() => {
      if (underWay.get(slot) === run) underWay.delete(slot);
    });
    underWay.set(slot, run);
    return run;
  };
};
