import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isAbsent, unreadable } from './faults.js';

/** A file's text; undefined where there is none. Throws `invalid_data` where it cannot be read. */
export const textOf = async (file: string): Promise<string | undefined> => {
  try {
    return (await readFile(file, 'utf8')).replace(/^\ufeff/, '');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw unreadable(file, error);
  }
};

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * The nearest `.ops.yaml` from `cwd` up to the root of the repository (the folder that holds `.git`). Outside a
 * repository only `cwd` itself counts: a file that somebody put into `/tmp` or `/` is not this project's.
 */
export const findProjectFile = async (cwd: string): Promise<string | undefined> => {
  const found: string[] = [];
  for (let folder = cwd; ; folder = dirname(folder)) {
    const file = join(folder, '.ops.yaml');
    if (await exists(file)) found.push(file);
    if (await exists(join(folder, '.git'))) return found[0];
    if (dirname(folder) === folder) return found.find((candidate) => dirname(candidate) === cwd);
  }
};
