import { z } from 'zod';
import { formatByteSize } from '../../base/byte-size.js';
import type { IngestAck } from '../../core/query/index.js';
import type { ThingView } from '../../render/index.js';

/** The one answer of `ops ingest`, for all chunks together. */
export const IngestSummary = z.object({
  rows_ingested: z.number().int(),
  /** Encoded bytes. */
  bytes_written: z.number().int(),
  chunks: z.number().int(),
  /** True where every chunk had been stored before under the same key: nothing was added. */
  replayed: z.boolean(),
});
export type IngestSummary = z.infer<typeof IngestSummary>;

/** Adds the answers of the chunks up. */
export const summaryOf = (acks: readonly IngestAck[]): IngestSummary => ({
  rows_ingested: acks.reduce((sum, ack) => sum + ack.rows_ingested, 0),
  bytes_written: acks.reduce((sum, ack) => sum + ack.bytes_written, 0),
  chunks: acks.length,
  replayed: acks.length > 0 && acks.every(({ replayed }) => replayed),
});

/** How the answer looks on a terminal. */
export const ingestSummaryView: ThingView<IngestSummary> = {
  lines: ({ rows_ingested, bytes_written, chunks, replayed }) => [
    ['Rows', `${rows_ingested.toLocaleString('en')}${replayed ? ' (stored before: nothing added)' : ''}`],
    ['Size', formatByteSize(bytes_written)],
    ['Chunks', chunks.toLocaleString('en')],
  ],
};
