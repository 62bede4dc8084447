import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, link, mkdir, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract as newExtract } from 'tar-stream';
import { isOpsError, OpsError } from '../../base/errors.js';
import type { BackupResult } from '../../core/shared/index.js';
import { inspectCopy, storeFault } from '../sqlite/index.js';
import { extentName, isArchiveName } from './layout.js';
import {
  type ArchivedFile,
  checkFiles,
  damagedArchive,
  manifestName,
  maxManifestBytes,
  parseManifest,
} from './manifest.js';

type Entry = ReturnType<typeof newExtract> extends AsyncIterable<infer Item> ? Item : never;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const notEmpty = (dataDir: string): OpsError =>
  new OpsError(
    'conflict',
    `${dataDir} is not empty: a backup is only restored into an empty directory`,
    'name another directory with --data-dir, or move this one away first',
    { reason: 'data_directory_not_empty' },
  );

/** Names in the directory; undefined where there is none. */
const contentsOf = async (dataDir: string): Promise<readonly string[] | undefined> => {
  try {
    return await readdir(dataDir);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    if (codeOf(error) === 'ENOTDIR') throw notEmpty(dataDir);
    throw storeFault(error, dataDir);
  }
};

const withHandle = async (path: string, flags: string, use: (handle: FileHandle) => Promise<void>): Promise<void> => {
  const handle = await open(path, flags, 0o600);
  try {
    await use(handle);
  } finally {
    await handle.close();
  }
};

const syncFolder = (path: string): Promise<void> => withHandle(path, 'r', (handle) => handle.sync());

const store = async (entry: Entry, name: string, folder: string): Promise<ArchivedFile> => {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  let size = 0;
  await withHandle(path, 'wx', async (handle) => {
    for await (const chunk of entry as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
      await handle.writeFile(chunk);
    }
    await handle.sync();
  });
  return { name, size, sha256: hash.digest('hex') };
};

const textOf = async (entry: Entry): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

/** Unpacks into `folder` what an archive of ours may hold, and nothing else. */
const unpack = async (
  file: string,
  { folder, signal }: { readonly folder: string; readonly signal: AbortSignal },
): Promise<readonly string[]> => {
  const extract = newExtract();
  const reading = pipeline(createReadStream(file), extract, { signal });
  const found = new Map<string, ArchivedFile>();
  let manifest: string | undefined;
  const unpacking = (async () => {
    for await (const entry of extract) {
      const { name, type, size = 0 } = entry.header;
      if (manifest !== undefined) throw damagedArchive(file, `${JSON.stringify(name)} follows its manifest`);
      if (name === manifestName && type === 'file' && size <= maxManifestBytes) {
        manifest = await textOf(entry);
        continue;
      }
      if (type !== 'file' || !isArchiveName(name))
        throw damagedArchive(file, `it holds ${JSON.stringify(name)}, which no backup of ops does`);
      if (found.has(name)) throw damagedArchive(file, `it holds ${name} twice`);
      found.set(name, await store(entry, name, folder));
    }
  })().catch((error: unknown) => {
    extract.destroy();
    throw error;
  });
  // Where our own loop has refused something, that is the error to tell, not the stream that broke for it.
  const [unpacked, read] = await Promise.allSettled([unpacking, reading]);
  if (unpacked.status === 'rejected') throw unpacked.reason;
  if (read.status === 'rejected') throw read.reason;
  if (manifest === undefined) throw damagedArchive(file, 'it breaks off before its manifest');
  checkFiles(parseManifest(manifest, file), found, file);
  checkBooks(file, folder, found);
  return [...found.keys()];
};

/** The books inside name nothing that the archive lacks. */
const checkBooks = (file: string, folder: string, found: ReadonlyMap<string, ArchivedFile>): void => {
  for (const extent of inspectCopy(join(folder, 'ops.db'))) {
    const there = found.get(extentName(extent));
    if (there?.size !== extent.byteSize) throw damagedArchive(file, `extent ${extent.id} is missing or cut off`);
  }
};

/** Into the directory that exists: the books last and never over others, for they make it a store. */
const moveInto = async (staging: string, dataDir: string): Promise<void> => {
  const moved: string[] = [];
  try {
    if ((await readdir(dataDir)).some((name) => join(dataDir, name) !== staging)) throw notEmpty(dataDir);
    for (const name of (await readdir(staging)).filter((entry) => entry !== 'ops.db')) {
      await rename(join(staging, name), join(dataDir, name));
      moved.push(join(dataDir, name));
    }
    await syncFolder(dataDir);
    await link(join(staging, 'ops.db'), join(dataDir, 'ops.db'));
    await syncFolder(dataDir);
  } catch (error) {
    for (const path of moved) await rm(path, { recursive: true, force: true });
    throw codeOf(error) === 'EEXIST' ? notEmpty(dataDir) : error;
  }
};

const moveBeside = async (staging: string, dataDir: string): Promise<void> => {
  try {
    await rename(staging, dataDir);
  } catch (error) {
    throw ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(codeOf(error)) ? notEmpty(dataDir) : error;
  }
  await syncFolder(dirname(dataDir));
};

/**
 * Beside a directory that does not exist yet, so that one rename makes it; inside one that exists, which may be a
 * mount point, or belong to somebody who may not write beside it.
 */
const stagingFor = async (dataDir: string, isThere: boolean): Promise<string> => {
  if (isThere) return mkdtemp(join(dataDir, '.restore-'));
  await mkdir(dirname(dataDir), { recursive: true, mode: 0o700 });
  return mkdtemp(join(dirname(dataDir), `.${basename(dataDir)}-restore-`));
};

const checkArchive = async (file: string): Promise<number> => {
  try {
    const facts = await stat(file);
    if (facts.isFile()) return facts.size;
  } catch (error) {
    if (codeOf(error) === 'ENOENT')
      throw new OpsError('not_found', `there is no file ${file}`, 'name an archive that `ops data backup` wrote');
    throw storeFault(error, file);
  }
  throw new OpsError('usage', `${file} is not a file`, 'name an archive that `ops data backup` wrote');
};

/** Errors of the tar reader are the archive's fault, those of the disk are not. */
const restoreFault = (error: unknown, file: string): unknown => {
  const isOfSystem = error instanceof Error && 'errno' in error;
  if (isOpsError(error) || isOfSystem || codeOf(error).startsWith('SQLITE_')) return storeFault(error, file);
  return damagedArchive(file, 'it is cut off, or it is no tar archive', error);
};

/** Puts an archive back, all of it or nothing. */
export const restore = async (
  wanted: string,
  { file: archive, signal }: { readonly file: string; readonly signal: AbortSignal },
): Promise<BackupResult> => {
  const dataDir = resolve(wanted);
  const file = resolve(archive);
  const contents = await contentsOf(dataDir);
  if (contents && contents.length > 0) throw notEmpty(dataDir);
  const bytes = await checkArchive(file);
  let staging: string | undefined;
  try {
    staging = await stagingFor(dataDir, contents !== undefined);
    const names = await unpack(file, { folder: staging, signal });
    for (const folder of new Set(names.map((name) => dirname(join(staging ?? '', name))))) await syncFolder(folder);
    await (contents ? moveInto : moveBeside)(staging, dataDir);
    return { file, files: names.length, bytes };
  } catch (error) {
    throw signal.aborted ? signal.reason : restoreFault(error, file);
  } finally {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true });
  }
};
