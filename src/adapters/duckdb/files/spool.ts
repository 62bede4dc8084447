import { randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { open, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownFolderName } from '../leftovers.js';
import { readFault, spoolFault } from './file-fault.js';

/** A private folder for what cannot be read where it lies: stdin, unpacked and converted files. */
export interface Spool {
  readonly folder: string;
  /** Its files, and what the user calls what is in them. */
  readonly names: ReadonlyMap<string, string>;
  /** Writes the bytes to a new file (mode 0600); its path. A full disk is `unavailable`. */
  write(bytes: AsyncIterable<Uint8Array>, display: string): Promise<string>;
  /** Another path to a file, of plain characters. */
  link(path: string, display: string): Promise<string>;
  /** Removes all of it; safe twice. */
  remove(): Promise<void>;
}

/** Makes the folder (mode 0700) under the system's temporary folder; it is also removed when the process ends,
 * and by a later sweep where it was killed. */
export const openSpool = (): Spool => {
  const folder = join(tmpdir(), ownFolderName('ops-spool', randomUUID()));
  try {
    mkdirSync(folder, { mode: 0o700, recursive: false });
  } catch (error) {
    throw spoolFault(error, tmpdir());
  }
  const atExit = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', atExit);
  const names = new Map<string, string>();

  return {
    folder,
    names,
    write: async (bytes, display) => {
      const path = join(folder, String(names.size + 1));
      names.set(path, display);
      const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
        throw spoolFault(error, tmpdir());
      });
      try {
        for await (const chunk of bytes) {
          await file.writeFile(chunk).catch((error: unknown) => {
            throw spoolFault(error, tmpdir());
          });
        }
      } finally {
        await file.close();
      }
      return path;
    },
    link: async (target, display) => {
      const path = join(folder, String(names.size + 1));
      names.set(path, display);
      await symlink(target, path).catch((error: unknown) => {
        throw spoolFault(error, tmpdir());
      });
      return path;
    },
    remove: async () => {
      process.removeListener('exit', atExit);
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** The bytes of a plain file, in big pieces; errors name it as the user does. */
export async function* contentOf(path: string, display: string): AsyncIterable<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: 4 * 2 ** 20 });
  } catch (error) {
    throw readFault(error, display);
  }
}
