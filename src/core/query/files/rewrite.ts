import { rewriteNdjson } from '../ingest/rewrite.js';
import type { FileScan } from './ndjson-scan.js';

/** The same rows, where the last value of a repeated key and the file's first spelling of a column win. Whole lines only. */
export const rewriteBlock = (block: Uint8Array, { keys }: Pick<FileScan, 'keys'>): Uint8Array =>
  rewriteNdjson(
    block,
    { start: 0 },
    keys.map(({ key }) => key),
  );
