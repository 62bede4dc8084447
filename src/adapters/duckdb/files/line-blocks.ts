import { dataFault } from './file-fault.js';

/** No line may be longer; it would have to fit into memory several times. */
const longestLine = 256 * 2 ** 20;

const joined = (parts: readonly Uint8Array[]): Uint8Array => (parts.length === 1 && parts[0]) || Buffer.concat(parts);

/** The same bytes without a byte-order mark at their beginning. */
export async function* withoutMark(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of bytes) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < 3) continue;
    yield head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head;
    head = undefined;
  }
  if (head !== undefined && head.length > 0) yield head;
}

/** The same bytes in blocks that end with a newline, but for the last one where the file does not. */
export async function* lineBlocks(bytes: AsyncIterable<Uint8Array>, name: string): AsyncIterable<Uint8Array> {
  let rest: Uint8Array[] = [];
  let waiting = 0;
  for await (const chunk of bytes) {
    const cut = chunk.lastIndexOf(10) + 1;
    if (cut > 0) {
      yield joined([...rest, chunk.subarray(0, cut)]);
      rest = [];
      waiting = 0;
    }
    if (cut === chunk.length) continue;
    rest.push(chunk.subarray(cut));
    waiting += chunk.length - cut;
    if (waiting > longestLine) throw dataFault(name, { message: 'a line is longer than 256 MiB' });
  }
  if (rest.length > 0) yield joined(rest);
}

/** Whole lines in smaller pieces of about `bytes`: long texts that are put together bit by bit are slow. */
export function* smaller(block: Uint8Array, bytes: number): Iterable<Uint8Array> {
  let from = 0;
  while (from < block.length) {
    const newline = block.indexOf(10, from + bytes);
    const to = newline < 0 ? block.length : newline + 1;
    yield block.subarray(from, to);
    from = to;
  }
}
