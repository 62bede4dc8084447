import { constants, createReadStream } from 'node:fs';
import { access, appendFile, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { OpsError } from '../../base/errors.js';
import type { NewFile, UserFiles } from '../../core/shared/index.js';
import { decompressed } from './decompress.js';

export interface UserFilesOptions {
  readonly cwd: string;
  readonly stateDir: string;
  readonly stdin: () => AsyncIterable<Uint8Array>;
  readonly newId: () => string;
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** The failures of a path that a user can mend, by their error code. */
const pathFault = (error: unknown, path: string, code = codeOf(error)): unknown => {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new OpsError('not_found', `file "${path}" not found`, 'check the path', { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new OpsError('forbidden', `file "${path}" may not be read or written by you`, 'check its permissions', {
        cause: error,
      });
    case 'EISDIR':
      return new OpsError('usage', `"${path}" is a directory`, 'name a file', { cause: error });
    case 'EEXIST':
      return new OpsError('conflict', `file "${path}" exists already`, 'choose another name, or remove it first');
    case 'ENOSPC':
    case 'EROFS':
      return new OpsError(
        'unavailable',
        `cannot write "${path}": the disk is full or read-only`,
        'choose another place',
        {
          cause: error,
        },
      );
    default:
      return error;
  }
};

const translated = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw pathFault(error, path);
  }
};

const chunkBytes = 1 << 20;

/** Parts of their own, for decompressors that look at several at once. */
async function* freshBytes(absolute: string, path: string): AsyncIterable<Uint8Array> {
  try {
    yield* createReadStream(absolute, { highWaterMark: chunkBytes });
  } catch (error) {
    throw pathFault(error, path);
  }
}

/** One buffer, filled again and again: reading into new memory costs as much as the reading itself. */
async function* reusedBytes(absolute: string, path: string): AsyncIterable<Uint8Array> {
  const handle = await translated(path, () => open(absolute, 'r'));
  try {
    const buffer = Buffer.allocUnsafeSlow(chunkBytes);
    for (;;) {
      const { bytesRead } = await translated(path, () => handle.read(buffer, 0, chunkBytes));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

const isCompressed = (path: string): boolean => path.endsWith('.gz') || path.endsWith('.zst');

/** Files of the user on this machine. */
export const userFiles = ({ cwd, stateDir, stdin, newId }: UserFilesOptions): UserFiles => {
  const statePath = (name: string): string => join(stateDir, basename(name));

  const create = async (path: string, existing: 'refuse' | 'replace'): Promise<NewFile> => {
    const target = resolve(cwd, path);
    const unfinished = join(dirname(target), `.${basename(target)}.${newId()}.tmp`);
    if (existing === 'refuse' && (await stat(target).catch(() => undefined))) {
      throw pathFault(undefined, path, 'EEXIST');
    }
    const handle = await translated(path, () => open(unfinished, 'wx', 0o600));
    let unfinishedIsOpen = true;
    const discard = async (): Promise<void> => {
      if (!unfinishedIsOpen) return;
      unfinishedIsOpen = false;
      await handle.close();
      await rm(unfinished, { force: true });
    };
    return {
      write: (bytes) => translated(path, async () => void (await handle.writeFile(bytes))),
      commit: async () => {
        try {
          await translated(path, async () => {
            await handle.sync();
            // A hard link fails where the name exists: there is no moment between looking and taking it.
            if (existing === 'refuse') await link(unfinished, target);
            else await rename(unfinished, target);
          });
        } finally {
          await discard();
        }
      },
      discard,
    };
  };

  return {
    open: async (path) => {
      if (path === '-') return stdin();
      const absolute = resolve(cwd, path);
      const facts = await translated(path, () => stat(absolute));
      if (facts.isDirectory()) throw pathFault(undefined, path, 'EISDIR');
      await translated(path, () => access(absolute, constants.R_OK));
      return isCompressed(path) ? decompressed(freshBytes(absolute, path), path) : reusedBytes(absolute, path);
    },
    size: async (path) => {
      if (path === '-') return undefined;
      const facts = await stat(resolve(cwd, path)).catch(() => undefined);
      return facts?.isFile() ? facts.size : undefined;
    },
    create,
    append: (path, text) => translated(path, () => appendFile(resolve(cwd, path), text)),
    readState: (name) => readFile(statePath(name), 'utf8').catch(() => undefined),
    writeState: async (name, text) => {
      try {
        await mkdir(stateDir, { recursive: true, mode: 0o700 });
        const file = await create(statePath(name), 'replace');
        await file.write(new TextEncoder().encode(text));
        await file.commit();
        return true;
      } catch {
        return false; // the state directory is a convenience: nothing may fail for its sake
      }
    },
  };
};
