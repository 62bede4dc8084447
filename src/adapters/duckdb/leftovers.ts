import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../sqlite/is-alive.js';

/** Folders that a killed process leaves behind; their names tell whose they are. */
type Kind =
  /** What a query moved out of memory; in the data directory's `tmp`. */
  | 'spill'
  /** Unpacked and converted files of `query --from`; in the system's temporary folder. */
  | 'ops-spool'
  /** Copies of a catalogue that cannot be written; in the system's temporary folder. */
  | 'ops-read';

/** Name of a folder of this process; `id` keeps two of them apart. */
export const ownFolderName = (kind: Exclude<Kind, 'ops-read'>, id: string): string => `${kind}-${process.pid}-${id}`;

const named = /^(?:spill|ops-spool|ops-read)-(\d+)-[A-Za-z0-9-]+$/;

interface Leftover {
  /** Name of the folder. */
  readonly id: string;
  remove(): Promise<void>;
}

/** When something in the folder, or its list of names, last changed, in ms. Undefined for what is no folder of ours. */
const lastChangeMs = async (path: string): Promise<number | undefined> => {
  const facts = await lstat(path);
  // A folder for everybody may hold anything under our names.
  if (!facts.isDirectory() || facts.uid !== (process.getuid?.() ?? facts.uid)) return undefined;
  const inside = await Promise.all((await readdir(path)).map((name) => lstat(join(path, name))));
  return Math.max(facts.mtimeMs, ...inside.map(({ mtimeMs }) => mtimeMs));
};

/**
 * Folders of ours under `folder` whose process is dead and that nobody has touched since `before`; none where `folder`
 * is missing. The age keeps apart processes that share the folder but not the process numbers, as in containers.
 */
export const leftoversIn = async (folder: string, before: Date): Promise<readonly Leftover[]> => {
  const found: Leftover[] = [];
  for (const id of await readdir(folder).catch(() => [])) {
    const pid = Number(named.exec(id)?.[1]);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const path = join(folder, id);
    // One that goes while we look has been removed by another sweep.
    const changedMs = await lastChangeMs(path).catch(() => undefined);
    if (changedMs !== undefined && changedMs < before.getTime())
      found.push({ id, remove: () => rm(path, { recursive: true, force: true }) });
  }
  return found;
};
