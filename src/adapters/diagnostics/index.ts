import { constants } from 'node:fs';
import { access, readdir, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isOpsError } from '../../base/errors.js';
import type { Diagnostics, FolderFacts, StoreState } from '../../core/config/index.js';
import { opsDatabasePath } from '../sqlite/layout.js';
import { checkSchema, schemaOf } from '../sqlite/migrations.js';
import { type OpenDatabase, openReadOnly } from '../sqlite/open-database.js';

export interface DiagnosticsOptions {
  /** The present, for the age of half-written files. */
  readonly now: () => Date;
}

/** Looks at this machine; reads only. Engines are loaded when they are asked for. */
export const diagnostics = ({ now }: DiagnosticsOptions): Diagnostics => ({
  duckdb: async () => (await import('./duckdb-version.js')).duckdbVersion(),
  sqlite,
  folder,
  store,
  mode: async (path) => {
    const facts = await stat(path).catch(() => undefined);
    return facts && facts.mode & 0o777;
  },
  orphans: async (folders) => (await Promise.all(folders.map((path) => orphansIn(path, now())))).flat(),
});

const sqlite = async (): Promise<string> => {
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(':memory:');
  try {
    const version = database.prepare<[], string>('SELECT sqlite_version()').pluck().get();
    return version ?? 'unknown';
  } finally {
    database.close();
  }
};

const mayWrite = (path: string): Promise<boolean> =>
  access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );

const folder = async (path: string): Promise<FolderFacts> => {
  const facts = await stat(path).catch(() => undefined);
  let nearest = path;
  while (!(await stat(nearest).catch(() => undefined)) && dirname(nearest) !== nearest) nearest = dirname(nearest);
  const disk = await statfs(nearest).catch(() => undefined);
  return {
    exists: facts !== undefined,
    isDirectory: facts?.isDirectory() ?? false,
    writable: await mayWrite(nearest),
    freeBytes: disk && disk.bavail * disk.bsize,
  };
};

/** Also at an older schema, which the next write brings up to date. */
const openStore = async (path: string): Promise<OpenDatabase> => {
  const { default: Database } = await import('better-sqlite3');
  let db: InstanceType<typeof Database> | undefined;
  try {
    db = new Database(path, { readonly: true, timeout: 1_000 });
    checkSchema(db, path);
    const { close } = db;
    return { db, close: close.bind(db) };
  } catch (error) {
    db?.close();
    if (isOpsError(error)) throw error;
    return openReadOnly(path); // where SQLite can make no log beside the file
  }
};

const store = async (dataDir: string): Promise<StoreState> => {
  const path = opsDatabasePath(dataDir);
  const facts = await stat(path).catch(() => undefined);
  if (!facts || facts.size === 0) return { kind: 'absent' };
  try {
    const { db, close } = await openStore(path);
    try {
      const schemaVersion = schemaOf(db);
      const result = db.pragma('quick_check(1)', { simple: true });
      return result === 'ok' ? { kind: 'opened', schemaVersion } : { kind: 'broken', why: String(result) };
    } finally {
      close();
    }
  } catch (error) {
    if (isOpsError(error)) return { kind: 'broken', why: error.message };
    return { kind: 'broken', why: `${path}: ${error instanceof Error ? error.message : String(error)}` };
  }
};

const hourMs = 3_600_000;

/** By name: half-written extents stand in `tmp/`, half-written settings and reports beside what they replace. */
const orphansIn = async (path: string, now: Date): Promise<readonly string[]> => {
  const unfinished = async (below: string, isUnfinished: (name: string) => boolean): Promise<readonly string[]> => {
    const names = await readdir(below).catch((): string[] => []);
    return names.filter(isUnfinished).map((name) => join(below, name));
  };
  const named = [
    ...(await unfinished(path, (name) => name.startsWith('.') && name.endsWith('.tmp'))),
    ...(await unfinished(join(path, 'tmp'), () => true)),
  ];
  const ages = await Promise.all(named.map(async (file) => ({ file, facts: await stat(file).catch(() => undefined) })));
  return ages.flatMap(({ file, facts }) => (facts && now.getTime() - facts.mtimeMs > hourMs ? [file] : []));
};
