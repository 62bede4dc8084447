import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';

/**
 * True where stdout is a pipe or a device such as `/dev/null`, so that an engine may open `/dev/stdout` and write to it
 * (a regular file would be truncated, a socket cannot be opened, a terminal gets tables). Does not touch
 * `process.stdout`.
 */
export const stdoutIsPourable = (): boolean => {
  try {
    const stat = fstatSync(1);
    return stat.isFIFO() || (stat.isCharacterDevice() && !isatty(1));
  } catch {
    return false; // stdout is closed; the writer finds out and says so
  }
};
