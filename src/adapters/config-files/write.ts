import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAbsent, unwritable } from './faults.js';

/** The file that a link leads to (people keep their config in a repository of dotfiles), or the name itself. */
const target = async (file: string): Promise<string> => {
  try {
    return await realpath(file);
  } catch (error) {
    if (isAbsent(error)) return file;
    throw error;
  }
};

/** Step by step: Node's own `recursive` never returns where the system answers ENOENT for a new name, as `/proc` does. */
const makeMissing = async (folder: string): Promise<void> => {
  if (await stat(folder).catch(() => undefined)) return;
  if (dirname(folder) !== folder) await makeMissing(dirname(folder));
  // Another process may have made it in between.
  await mkdir(folder, { mode: 0o700 }).catch(async (error: unknown) => {
    if (!(await stat(folder).catch(() => undefined))) throw error;
  });
};

/** Makes the folder, mode 0700, where it does not exist. Throws `forbidden` or `unavailable`. */
export const makeFolder = async (folder: string): Promise<void> => {
  try {
    await makeMissing(folder);
    await readdir(folder); // a file of this name is ENOTDIR
  } catch (error) {
    throw unwritable(folder, error);
  }
};

/** The old text or the new one, never half of one, mode 0600; on disk when this resolves. */
export const replaceText = async (file: string, text: string): Promise<void> => {
  let unfinished: string | undefined;
  try {
    const place = await target(file);
    unfinished = join(dirname(place), `.${basename(place)}.${randomUUID()}.tmp`);
    const handle = await open(unfinished, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await chmod(unfinished, 0o600);
    await rename(unfinished, place);
    unfinished = undefined;
    const folder = await open(dirname(place), 'r');
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    if (unfinished !== undefined) await rm(unfinished, { force: true });
    throw unwritable(file, error);
  }
};
