import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFile } from './durable.js';

/** A file that the engine reads once; `release` when it has. */
export interface ScratchFile {
  readonly path: string;
  release(): void;
}

interface Slot {
  readonly path: string;
  readonly handle: FileHandle;
}

/** More are thrown away instead of kept: they hold disk space. */
const kept = 16;

/**
 * Files for rows on their way to the engine. They are written again and again instead of being made anew: pages that
 * the system has once given cost nothing the second time, which is a tenth of a bulk ingest. The folder is swept of
 * files that nobody names, so what a killed process leaves goes within the hour.
 */
export const scratchFiles = (folder: string, newId: () => string) => {
  const idle: Slot[] = [];
  let closed = false;

  const discard = async ({ handle, path }: Slot): Promise<void> => {
    await handle.close();
    await removeFile(path);
  };

  const take = async (): Promise<Slot> => {
    const slot = idle.pop();
    if (slot) return slot;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${newId()}.ndjson`);
    return { path, handle: await open(path, 'wx', 0o600) };
  };

  return {
    /** The parts one after the other, and nothing else. A full disk is thrown as the system says it. */
    write: async (parts: readonly Uint8Array[]): Promise<ScratchFile> => {
      const slot = await take();
      try {
        let at = 0;
        for (const part of parts) {
          await slot.handle.write(part, 0, part.length, at);
          at += part.length;
        }
        await slot.handle.truncate(at);
      } catch (error) {
        await discard(slot);
        throw error;
      }
      return {
        path: slot.path,
        release: () => {
          if (closed || idle.length >= kept) void discard(slot);
          else idle.push(slot);
        },
      };
    },
    close: async (): Promise<void> => {
      closed = true;
      await Promise.all(idle.splice(0).map(discard));
    },
  };
};
