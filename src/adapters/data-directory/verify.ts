import { open, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isOpsError } from '../../base/errors.js';
import type { Extent } from '../../core/query/index.js';
import type { VerifyRow } from '../../core/shared/index.js';
import {
  type BookedExtent,
  bookedExtents,
  type ChainFacts,
  chainFacts,
  integrityFaults,
  isStillBooked,
  type Store,
} from '../sqlite/index.js';
import { extentName, extentsFolder, filesUnder } from './layout.js';
import { requireStore } from './presence.js';

/** Looks inside an extent file; says what is wrong, undefined where all is well. */
export type CheckExtent = (path: string, extent: Extent) => Promise<string | undefined>;

const ok = (subject: string, detail: string): VerifyRow => ({ subject, status: 'ok', detail });
const fail = (subject: string, detail: string): VerifyRow => ({ subject, status: 'fail', detail });

const magic = 'PAR1';
/** Magic, length of the footer, magic. */
const smallestFile = 12;

/** What is wrong with the file without reading its rows. */
const shapeFault = async (path: string, byteSize: number): Promise<string | undefined> => {
  const facts = await stat(path).catch(() => undefined);
  if (!facts) return 'the file is missing';
  if (facts.size !== byteSize) return `the file has ${facts.size} bytes, the catalogue says ${byteSize}`;
  if (facts.size < smallestFile) return 'the file is too short for Parquet';
  const handle = await open(path, 'r');
  try {
    const head = Buffer.alloc(4);
    const tail = Buffer.alloc(8);
    await handle.read(head, 0, 4, 0);
    await handle.read(tail, 0, 8, facts.size - 8);
    const isParquet = head.toString('latin1') === magic && tail.toString('latin1', 4) === magic;
    if (!isParquet) return 'the file is not Parquet, or it is damaged at an end';
    return tail.readUInt32LE(0) + smallestFile > facts.size ? 'the footer of the file is damaged' : undefined;
  } finally {
    await handle.close();
  }
};

/** A refused ingest leaves a table that nobody sees and that holds nothing. */
const hasHistory = ({ snapshots, extents, breaks }: ChainFacts): boolean => snapshots > 0 || extents > 0 || breaks > 0;

const chainRow = (facts: ChainFacts): VerifyRow => {
  const subject = `table ${facts.database}.${facts.table}`;
  if (facts.breaks > 0) return fail(subject, `the chain of its ${facts.snapshots} snapshots is broken`);
  if (facts.rowsByHistory !== facts.rowsHeld)
    return fail(subject, `its history adds up to ${facts.rowsByHistory} rows, its extents hold ${facts.rowsHeld}`);
  return ok(subject, `${facts.snapshots} snapshots, ${facts.rowsHeld} rows`);
};

const unreadable = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function* checkExtents(
  store: Store,
  booked: readonly BookedExtent[],
  { signal, checkExtent }: { readonly signal: AbortSignal; readonly checkExtent: CheckExtent | undefined },
): AsyncIterable<VerifyRow> {
  for (const { extent, database, table, isRemoving } of booked) {
    if (signal.aborted) throw signal.reason;
    if (isRemoving) continue;
    const path = join(store.dataDir, extentName(extent));
    const subject = `extent ${extent.id}`;
    const fault =
      (await shapeFault(path, extent.byteSize).catch(unreadable)) ??
      (await checkExtent?.(path, extent).catch(unreadable));
    // A cleanup may have removed it while we looked.
    if (fault !== undefined && !(await isStillBooked(store.db, extent.id))) continue;
    yield fault === undefined
      ? ok(subject, `${database}.${table}, ${extent.rowCount} rows`)
      : fail(subject, `${database}.${table}: ${fault}`);
  }
}

async function* unknownFiles(store: Store, now: Date): AsyncIterable<VerifyRow> {
  const root = extentsFolder(store.dataDir);
  const names = new Map(
    (await filesUnder(root)).map((path) => [relative(store.dataDir, path).split(sep).join('/'), path]),
  );
  // Asked after the files were listed: what has been committed meanwhile is known.
  for (const { extent } of await bookedExtents(store.db)) names.delete(extentName(extent));
  for (const [name, path] of names) {
    const facts = await stat(path).catch(() => undefined);
    if (!facts) continue;
    const minutes = Math.max(0, Math.round((now.getTime() - facts.mtimeMs) / 60_000));
    yield ok(name, `in no snapshot, ${minutes} min old; \`ops run --due query\` removes it after an hour`);
  }
}

const databaseRow = async (store: Store): Promise<VerifyRow> => {
  const faults = await integrityFaults(store.db);
  return faults.length === 0 ? ok('ops.db', 'integrity check passed') : fail('ops.db', faults.join('; '));
};

/** Everything that can be told to be right or wrong without changing it. Yields as it goes. */
export async function* verify(
  store: Store,
  rest: { readonly now: Date; readonly signal: AbortSignal; readonly checkExtent: CheckExtent | undefined },
): AsyncIterable<VerifyRow> {
  try {
    // A directory that is not there or cannot be listed is an error: "all is well" would be a lie.
    await requireStore(store);
    yield await databaseRow(store);
    for (const facts of await chainFacts(store.db)) if (hasHistory(facts)) yield chainRow(facts);
    yield* checkExtents(store, await bookedExtents(store.db), rest);
    yield* unknownFiles(store, rest.now);
  } catch (error) {
    // Damage is what we are asked about: an answer, not an error.
    if (!isOpsError(error) || error.code !== 'invalid_data') throw error;
    yield fail('ops.db', error.message);
  }
}
