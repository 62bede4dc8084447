import { execFile } from 'node:child_process';
import { closeSync, constants, lstatSync, openSync, rmSync, type Stats, utimesSync } from 'node:fs';
import { promisify } from 'node:util';

/** A named pipe that the engine writes and this process reads, both ends open. */
export interface RowPipe {
  readonly path: string;
  /** Never blocks. Whoever reads it closes it. */
  readonly fd: number;
  /** False where somebody removed the name: a writer would make a plain file there. */
  isThere(): boolean;
  /** Until then the reader sees no end between one writer and the next. */
  closeWriter(): void;
  /** Gives it back; both ends are closed. */
  release(): void;
}

export interface RowPipes {
  /** Every name that a pipe may get: what instances are allowed to open. */
  readonly paths: readonly string[];
  /** Undefined where there is none: the system has no named pipes, no folder takes them, or all are in use. */
  take(): Promise<RowPipe | undefined>;
  /** Removes their names. */
  close(): void;
}

const deadlineMs = 2_000;
const run = promisify(execFile);

const statOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

/** Ours: in a folder for everybody somebody else may have taken the name. */
const isOurs = (path: string): boolean => {
  const facts = statOf(path);
  return facts?.isFIFO() === true && facts.uid === process.getuid?.();
};

/** False where the system cannot: no such program, a read-only folder, a file system without pipes. */
const made = async (paths: readonly string[]): Promise<boolean> => {
  const missing = paths.filter((path) => !isOurs(path));
  if (missing.length === 0) return true;
  try {
    await run('mkfifo', ['-m', '600', ...missing], { timeout: deadlineMs });
    return missing.every(isOurs);
  } catch {
    // Rows go the general way then, which is slower and needs nothing.
    for (const path of missing) if (isOurs(path)) rmSync(path, { force: true });
    return false;
  }
};

const opened = (path: string, giveBack: () => void): RowPipe => {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let writer: number | undefined = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  const inode = statOf(path)?.ino;
  return {
    path,
    fd,
    isThere: () => statOf(path)?.ino === inode,
    closeWriter: () => {
      if (writer !== undefined) closeSync(writer);
      writer = undefined;
    },
    release: giveBack,
  };
};

/**
 * Named pipes under these names, made all at once when the first is asked for: starting a program copies the page
 * tables of this process, which holds up everybody, so it is done once and early. `places` are sets of names, each in
 * a folder of its own; the first that works is used.
 */
export const rowPipes = (places: readonly (readonly string[])[]): RowPipes => {
  let making: Promise<readonly string[] | undefined> | undefined;
  let closed = false;
  const taken = new Set<string>();

  const make = async (): Promise<readonly string[] | undefined> => {
    for (const paths of places) if (await made(paths)) return paths;
    return undefined;
  };
  const free = async (): Promise<string | undefined> => {
    making ??= make();
    const paths = await making;
    return closed ? undefined : paths?.find((path) => !taken.has(path));
  };

  return {
    paths: places.flat(),
    take: async () => {
      let path = await free();
      if (path !== undefined && !isOurs(path)) {
        // Swept away as old: made again, under the name that the engine may open.
        making = undefined;
        path = await free();
      }
      if (path === undefined || !isOurs(path)) return undefined;
      const name = path;
      const pipe = opened(name, () => taken.delete(name));
      taken.add(name);
      // Whoever sweeps the folder looks at its age.
      const now = new Date();
      utimesSync(name, now, now);
      return pipe;
    },
    close: () => {
      closed = true;
      for (const path of places.flat()) if (making && isOurs(path)) rmSync(path, { force: true });
    },
  };
};
