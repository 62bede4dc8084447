import { isOpsError, OpsError } from '../../base/errors.js';
import { errorOfLine } from '../../core/query/index.js';

const newline = 10;
/** A longer line is no row of ours. */
const longestLine = 64 * 2 ** 20;
const marker = Buffer.from('{"__error"');

/** How many lines end in this part. */
export const lineCount = (part: Uint8Array): number => {
  let lines = 0;
  for (let at = part.indexOf(newline); at >= 0; at = part.indexOf(newline, at + 1)) lines++;
  return lines;
};

const tooLong = (): OpsError =>
  new OpsError('unavailable', 'the server sent a line of more than 64 MiB', 'select fewer or shorter columns');

/** Parts of whole lines; what stands behind the last newline waits for its end. The last line needs none. */
async function* wholeLines(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  for await (const part of parts) {
    const end = part.lastIndexOf(newline) + 1;
    if (end > 0) {
      const lines = part.subarray(0, end);
      yield waitingBytes === 0 ? Buffer.from(lines.buffer, lines.byteOffset, end) : Buffer.concat([...waiting, lines]);
      waiting = [];
      waitingBytes = 0;
    }
    if (end === part.length) continue;
    waiting.push(part.subarray(end));
    waitingBytes += part.length - end;
    if (waitingBytes > longestLine) throw tooLong();
  }
  if (waitingBytes > 0) yield Buffer.concat([...waiting, Buffer.from('\n')]);
}

/** Where the last line of a part of whole lines begins. */
const lastLineAt = (lines: Buffer): number => (lines.length < 2 ? 0 : lines.lastIndexOf(newline, lines.length - 2) + 1);

/**
 * The rows of an answer in parts of whole lines. A last line `{"__error":…}` is never among them: it is thrown as what
 * it says, whether the stream then ends in order or breaks off. What breaks off otherwise is thrown as it came.
 */
export async function* rowsOf(parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // A line that may be the error is held back until it turns out whether it is the last one.
  let held: Buffer | undefined;
  try {
    for await (const lines of wholeLines(parts)) {
      if (held) yield held;
      held = undefined;
      const last = lastLineAt(lines);
      if (!lines.subarray(last, last + marker.length).equals(marker)) {
        yield lines;
        continue;
      }
      held = lines.subarray(last);
      if (last > 0) yield lines.subarray(0, last);
    }
  } catch (error) {
    throw (held && errorOfLine(held.toString())) ?? error;
  }
  if (!held) return;
  const told = errorOfLine(held.toString());
  if (told) throw told;
  yield held;
}

/** The same parts; their failure is told by `told`. */
export async function* failingAs(
  parts: AsyncIterable<Uint8Array>,
  told: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  try {
    yield* parts;
  } catch (error) {
    throw told(error);
  }
}

/** The failure of a stream that had given `rows` rows. */
export const brokeOff = (
  error: unknown,
  { rows, shown }: { readonly rows: number; readonly shown: string },
): unknown => {
  if (!isOpsError(error) || (error.code !== 'unavailable' && error.code !== 'timeout')) return error;
  const after = `after ${rows} ${rows === 1 ? 'row' : 'rows'}`;
  return new OpsError(error.code, `the answer of ${shown} broke off ${after}: it is not complete`, 'run it again', {
    cause: error,
  });
};

/** The rows that came are not all that were sent. */
export const incomplete = ({ rows, sent, shown }: { rows: number; sent: number; shown: string }): OpsError =>
  new OpsError(
    'unavailable',
    `the answer of ${shown} broke off after ${rows} of ${sent} rows: it is not complete`,
    'run it again; a proxy on the way may cut answers',
  );
