import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { link, mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack as newPack, type Pack } from 'tar-stream';
import { OpsError } from '../../base/errors.js';
import type { Extent } from '../../core/query/index.js';
import type { BackupResult } from '../../core/shared/index.js';
import { knownSchema, pinIfKept, type Store, settleCopy, storeFault } from '../sqlite/index.js';
import { extentName, keyPath } from './layout.js';
import { type ArchivedFile, archiveFormat, type Manifest, manifestName } from './manifest.js';
import { exists, isAbsence, requireStore } from './presence.js';

const tries = 5;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const existsAlready = (file: string): OpsError =>
  new OpsError('conflict', `${file} exists already`, 'choose another name, or remove the old backup first', {
    reason: 'file_exists',
  });

/** A new folder that only we can read, on the file system of the archive. */
const stagingBeside = async (file: string): Promise<string> => {
  try {
    return await mkdtemp(join(dirname(file), `.${basename(file)}-`));
  } catch (error) {
    if (isAbsence(error))
      throw new OpsError('not_found', `there is no directory ${dirname(file)}`, 'make it first, then try again');
    throw storeFault(error, file);
  }
};

/** A copy of the books, and a pin on every extent that it names. */
const pinnedCopy = async (store: Store, copy: string) => {
  for (let attempt = 0; attempt < tries; attempt++) {
    await rm(copy, { force: true });
    await store.db.copyTo(copy);
    const extents = settleCopy(copy);
    const release = await pinIfKept(
      store,
      extents.map(({ id }) => id),
    );
    if (release) return { extents, release };
  }
  throw new OpsError('conflict', 'the tables change too fast to be backed up', 'try again');
};

interface Source {
  readonly name: string;
  readonly path: string;
  /** As the books say. */
  readonly size?: number;
}

const damagedStore = (what: string): OpsError =>
  new OpsError('invalid_data', what, 'see what is damaged with `ops data verify`; no backup was written', {
    reason: 'store_damaged',
  });

const addFile = async (pack: Pack, { name, path, size }: Source, signal: AbortSignal): Promise<ArchivedFile> => {
  const facts = await stat(path).catch((error: unknown) => {
    throw isAbsence(error) ? damagedStore(`${path} is missing`) : error;
  });
  if (size !== undefined && facts.size !== size)
    throw damagedStore(`${path} has ${facts.size} bytes, the catalogue says ${size}`);
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const entry = pack.entry({ name, size: facts.size, mode: 0o600, mtime: facts.mtime });
  await pipeline(createReadStream(path), hashing, entry, { signal });
  return { name, size: facts.size, sha256: hash.digest('hex') };
};

const sourcesOf = async (dataDir: string, copy: string, extents: readonly Extent[]): Promise<readonly Source[]> => {
  const key = keyPath(dataDir);
  return [
    { name: 'ops.db', path: copy },
    ...((await exists(key)) ? [{ name: 'key', path: key }] : []),
    ...extents.map((extent) => ({
      name: extentName(extent),
      path: join(dataDir, extentName(extent)),
      size: extent.byteSize,
    })),
  ];
};

const writeArchive = async (
  archive: string,
  sources: readonly Source[],
  { now, signal }: { readonly now: Date; readonly signal: AbortSignal },
): Promise<Manifest> => {
  const pack = newPack();
  const written = pipeline(pack, createWriteStream(archive, { flags: 'wx', mode: 0o600 }), { signal });
  const filling = (async () => {
    const files: ArchivedFile[] = [];
    for (const source of sources) files.push(await addFile(pack, source, signal));
    const manifest: Manifest = {
      format: 'ops-backup',
      version: archiveFormat,
      created_at: now.toISOString(),
      schema: knownSchema(),
      files,
    };
    pack.entry({ name: manifestName, mode: 0o600, mtime: now }, JSON.stringify(manifest));
    pack.finalize();
    return manifest;
  })().catch((error: unknown) => {
    pack.destroy(error instanceof Error ? error : undefined);
    throw error;
  });
  // Whichever fails takes the other with it; the first failure is the one to tell.
  const [manifest] = await Promise.all([filling, written]).finally(() => Promise.allSettled([filling, written]));
  return manifest;
};

const sync = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Gives the archive its name without ever replacing a file. */
const publish = async (archive: string, file: string): Promise<void> => {
  await sync(archive);
  try {
    await link(archive, file);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || (await exists(file))) throw existsAlready(file);
    await rename(archive, file); // file systems without hard links
  }
  await sync(dirname(file));
};

/** One consistent archive while others read and write: the books of one moment, and the files that they name. */
export const backup = async (
  store: Store,
  { file: wanted, now, signal }: { readonly file: string; readonly now: Date; readonly signal: AbortSignal },
): Promise<BackupResult> => {
  const file = resolve(wanted);
  if (await exists(file)) throw existsAlready(file);
  await requireStore(store);
  const staging = await stagingBeside(file);
  try {
    const copy = join(staging, 'ops.db');
    const archive = join(staging, 'archive.tar');
    const { extents, release } = await pinnedCopy(store, copy);
    try {
      const sources = await sourcesOf(store.dataDir, copy, extents);
      const manifest = await writeArchive(archive, sources, { now, signal });
      const { size } = await stat(archive);
      await publish(archive, file);
      return { file, files: manifest.files.length, bytes: size };
    } finally {
      await release();
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : storeFault(error, file);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
};
