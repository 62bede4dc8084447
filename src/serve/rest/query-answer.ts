import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpsError } from '../../base/errors.js';
import type { QueryResult } from '../../core/query/index.js';
import { queryCodeOf } from '../../core/query/index.js';
import { asOpsError } from '../as-error.js';
import type { Answer } from '../route.js';

export const ndjsonType = 'application/x-ndjson; charset=utf-8';

/**
 * A result that ends within these bounds leaves in one piece, its row count in a header (`kyma` §2.2, which allows 50 ms;
 * nobody should wait so long for the first of many rows).
 */
const bufferBytes = 4 << 20;
const bufferMs = 15;
/** Column names in a header: below what clients and proxies take. */
const columnsHeaderBytes = 8_192;

const columnsHeader = (result: QueryResult): Record<string, string> => {
  const text = encodeURIComponent(JSON.stringify(result.columns));
  return text.length <= columnsHeaderBytes ? { 'x-ops-columns': text } : {};
};

const facts = (result: QueryResult) => {
  const { rows, bytesScanned, elapsedMs } = result.stats();
  return {
    'x-kyma-rows': String(rows),
    'x-kyma-bytes-scanned': String(bytesScanned),
    'x-kyma-elapsed-ms': String(elapsedMs),
  };
};

/** The first rows, and how to get the others. */
interface Head {
  readonly parts: readonly Uint8Array[];
  readonly bytes: number;
  /** Undefined where the rows end with `parts`. */
  readonly rest: Rest | undefined;
}

/** When everything must have been taken; the wall clock of a query covers its serialisation. */
export interface Deadline {
  readonly atMs: number;
  readonly error: OpsError;
}

interface Rest {
  next(): Promise<IteratorResult<Uint8Array>>;
  stop(): Promise<void>;
}

/** `answer`, or undefined where it takes longer. */
const within = async <T>(ms: number, answer: Promise<T>): Promise<T | undefined> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Everything up to the bounds; does not wait longer for a row than the bounds allow once there is one. */
const readHead = async (rows: AsyncIterable<Uint8Array>): Promise<Head> => {
  const iterator = rows[Symbol.asyncIterator]();
  const stop = async (): Promise<void> => void (await iterator.return?.());
  const parts: Uint8Array[] = [];
  let bytes = 0;
  let untilMs: number | undefined;
  for (;;) {
    const asked = iterator.next();
    const next = untilMs === undefined ? await asked : await within(untilMs - performance.now(), asked);
    if (next?.done) return { parts, bytes, rest: undefined };
    if (next) {
      parts.push(next.value);
      bytes += next.value.length;
      untilMs ??= performance.now() + bufferMs;
      if (bytes <= bufferBytes && performance.now() < untilMs) continue;
    }
    let pending = next ? undefined : asked;
    // Its failure is seen where the rest is read.
    pending?.catch(() => undefined);
    const rest = (): Promise<IteratorResult<Uint8Array>> => {
      const answer = pending ?? iterator.next();
      pending = undefined;
      return answer;
    };
    return { parts, bytes, rest: { next: rest, stop } };
  }
};

/** The head, then the rest; an error after the first byte becomes the last line. */
async function* linesAfter(head: Head, failed: (error: unknown) => Uint8Array): AsyncGenerator<Uint8Array> {
  yield* head.parts;
  try {
    for (;;) {
      const next = await head.rest?.next();
      if (!next || next.done) return;
      yield next.value;
    }
  } catch (error) {
    yield failed(error);
    throw error;
  } finally {
    await head.rest?.stop();
  }
}

const streamed = (
  result: QueryResult,
  head: Head,
  { requestId, deadline }: { readonly requestId: string; readonly deadline: Deadline },
): Answer => {
  let failure: string | undefined;
  let done = false;
  const failed = (thrown: unknown): Uint8Array => {
    const error = asOpsError(thrown);
    failure = queryCodeOf(error);
    return Buffer.from(
      `${JSON.stringify({ __error: { code: failure, message: error.message, request_id: requestId } })}\n`,
    );
  };
  const fact = (name: keyof ReturnType<typeof facts>) => () => (done ? facts(result)[name] : undefined);
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield* linesAfter(head, failed);
    done = true;
  }
  return {
    status: 200,
    headers: { 'content-type': ndjsonType, ...columnsHeader(result) },
    stream: stream(),
    deadline,
    lastLine: failed,
    trailers: {
      'X-Kyma-Rows': fact('x-kyma-rows'),
      'X-Kyma-Error': () => failure,
      'X-Kyma-Bytes-Scanned': fact('x-kyma-bytes-scanned'),
      'X-Kyma-Elapsed-Ms': fact('x-kyma-elapsed-ms'),
    },
    close: () => result.close(),
  };
};

async function* readBack(file: FileHandle): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(1 << 18);
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield Buffer.from(buffer.subarray(0, bytesRead));
  }
}

/** The whole result on disk first, in a file that has no name any more: its count then fits into the header. */
const spooled = async (result: QueryResult, head: Head): Promise<Answer> => {
  const path = join(tmpdir(), `ops-spool-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    for await (const part of linesAfter(head, () => new Uint8Array())) await file.write(part);
    const headers = { 'content-type': ndjsonType, ...columnsHeader(result), ...facts(result) };
    await result.close();
    return { status: 200, headers, stream: readBack(file), close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
};

/**
 * The rows as the platform sends them: in one piece with headers where they are few, else streamed with trailers; with
 * `spool` always with headers. Takes over the result: it is closed in every case.
 */
export const rowsAnswer = async (
  result: QueryResult,
  { requestId, spool, deadline }: { readonly requestId: string; readonly spool: boolean; readonly deadline: Deadline },
): Promise<Answer> => {
  let handedOn = false;
  try {
    const head = await readHead(result.ndjson());
    if (head.rest === undefined)
      return {
        status: 200,
        headers: { ...columnsHeader(result), ...facts(result) },
        bytes: Buffer.concat(head.parts, head.bytes),
        contentType: ndjsonType,
      };
    const answer = spool ? await spooled(result, head) : streamed(result, head, { requestId, deadline });
    handedOn = true;
    return answer;
  } finally {
    if (!handedOn) await result.close();
  }
};
