import { closeSync, constants, openSync } from 'node:fs';

const checkEveryMs = 200;

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** False only for a pipe whose reader is gone. */
export const hasReader = (device: string): boolean => {
  try {
    closeSync(openSync(device, constants.O_WRONLY | constants.O_NONBLOCK));
    return true;
  } catch (error) {
    return codeOf(error) !== 'ENXIO';
  }
};

/** Ends an `open` that waits for a reader: there is one for a moment, then a write finds the pipe broken. */
const wake = (device: string): void => {
  try {
    closeSync(openSync(device, constants.O_RDONLY | constants.O_NONBLOCK));
  } catch (error) {
    // The device went away altogether: whoever waited on it is awake.
    if (codeOf(error) === undefined) throw error;
  }
};

/**
 * While `work` writes to a pipe: opening a pipe without a reader would wait for one for ever, and no interrupt of the
 * engine reaches it there.
 */
export const withReaderWatch = async <T>(device: string, work: () => Promise<T>): Promise<T> => {
  const timer = setInterval(() => {
    if (!hasReader(device)) wake(device);
  }, checkEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
};
