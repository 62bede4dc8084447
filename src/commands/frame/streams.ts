import type { Streams } from '../../context.js';

/** Resolves when the text has left the process; a reader that went away is no error, a full disk is. */
export const writeAll = (stream: NodeJS.WriteStream, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const done = (error?: NodeJS.ErrnoException | null): void => {
      if (error && error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') reject(error);
      else resolve();
    };
    if (text === '') resolve();
    else stream.write(text, done);
  });

/** The same for stderr: where talk cannot be delivered, nowhere is left to complain to. */
export const tell = (stream: NodeJS.WriteStream, text: string): Promise<void> =>
  new Promise((resolve) => {
    stream.write(text, () => resolve());
  });

/**
 * Makes a closed pipe silent on stdout and stderr. Any other failure of stdout (a full disk behind a redirection) goes
 * to `failed`. Returns the way to stop.
 */
export const quietStreams = ({ stdout, stderr }: Streams, failed: (error: Error) => void): (() => void) => {
  const onStdout = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') failed(error);
  };
  // Nowhere is left to complain to.
  const onStderr = (): undefined => undefined;
  stdout.on('error', onStdout);
  stderr.on('error', onStderr);
  return () => {
    stdout.off('error', onStdout);
    stderr.off('error', onStderr);
  };
};
