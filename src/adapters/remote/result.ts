import { z } from 'zod';
import type { Clock } from '../../base/clock.js';
import { isOpsError, OpsError } from '../../base/errors.js';
import { parseExactJson } from '../../base/exact-json.js';
import type { QueryResult, ResultColumn } from '../../core/query/index.js';
import type { HttpAnswer } from './http.js';
import { brokeOff, failingAs, incomplete, lineCount, rowsOf } from './rows.js';
import type { ServerUrl } from './server-url.js';

const columnTypes = [
  'bool',
  'int',
  'long',
  'real',
  'datetime',
  'string',
  'dynamic',
  'decimal',
  'guid',
  'timespan',
  'binary',
  'vector',
] as const;

/** Columns as the server tells them; a type that this version does not know is text. */
export const ResultColumns = z.array(
  z.object({ name: z.string(), type: z.enum(columnTypes).catch('string'), engineType: z.string().default('VARCHAR') }),
);

const columnsInHeader = (header: string | undefined): readonly ResultColumn[] | undefined => {
  if (header === undefined) return undefined;
  try {
    return ResultColumns.safeParse(JSON.parse(decodeURIComponent(header))).data;
  } catch {
    return undefined; // then the first row tells the names
  }
};

const columnsOfRow = (lines: Uint8Array): readonly ResultColumn[] => {
  const row = parseExactJson(Buffer.from(lines.subarray(0, lines.indexOf(10))).toString());
  if (!(row instanceof Map))
    throw new OpsError('unavailable', 'the server sent a row that is no object', 'check the URL of --server');
  return [...row.keys()].map((name) => ({ name: String(name), type: 'string', engineType: 'VARCHAR' }));
};

const number = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/** Joins what was read ahead with what follows. */
async function* joined(head: IteratorResult<Uint8Array>, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.done) return;
    yield head.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

/** Rows of `POST /v1/query` on their way in. Resolves when the columns are known. */
export const remoteResult = async (
  answer: HttpAnswer,
  { url, clock, startedMs }: { readonly url: ServerUrl; readonly clock: Clock; readonly startedMs: number },
): Promise<QueryResult> => {
  const { shown } = url;
  let rows = 0;
  let endedMs: number | undefined;
  let cancelled = false;
  const fact = (name: string): number | undefined => number(answer.headers[name] ?? answer.trailers()[name]);
  const failure = (error: unknown): unknown => (answer.aborted() ? error : brokeOff(error, { rows, shown }));
  const cancel = (): void => {
    cancelled = true;
    answer.destroy();
  };

  let source = rowsOf(failingAs(answer.body, failure));
  let columns = columnsInHeader(answer.headers['x-ops-columns']);
  if (!columns) {
    try {
      const first = await source.next();
      columns = first.done ? [] : columnsOfRow(first.value);
      source = joined(first, source);
    } catch (error) {
      answer.destroy();
      throw isOpsError(error) && error.reason === 'bad_json'
        ? new OpsError('unavailable', `${shown} sent a row that is no JSON`, 'check the URL of --server')
        : error;
    }
  }

  return {
    columns,
    async *ndjson() {
      try {
        for await (const lines of source) {
          if (cancelled) return;
          rows += lineCount(lines);
          yield lines;
        }
      } catch (error) {
        if (cancelled) return;
        throw error;
      }
      if (cancelled) return;
      endedMs ??= clock.monotonicMs();
      const sent = fact('x-kyma-rows');
      if (sent !== undefined && sent !== rows) throw incomplete({ rows, sent, shown });
    },
    stats: () => ({
      rows: fact('x-kyma-rows') ?? rows,
      bytesScanned: fact('x-kyma-bytes-scanned') ?? 0,
      elapsedMs: fact('x-kyma-elapsed-ms') ?? Math.round((endedMs ?? clock.monotonicMs()) - startedMs),
    }),
    cancel,
    close: async () => cancel(),
  };
};
