import { rewriteNdjson } from './rewrite.js';
import type { BatchScan, ScanOptions } from './scan-types.js';
import { scanNdjson } from './scanner.js';

/** A body and what the scan found in it; it needs no rewrite. */
export interface CanonicalBatch {
  readonly body: Uint8Array;
  readonly scan: BatchScan;
}

/**
 * A scanned body made ready for `planBatch` and the engine: rewritten and scanned again where keys repeat or differ in
 * case, so that values which lost to a later one no longer count; else only freed of its byte-order mark. Line numbers
 * stay. `existing` are the table's column names, whose spelling wins.
 */
export const canonicalBatch = (
  { body, scan }: CanonicalBatch,
  { existing = [], isUtf8 }: { readonly existing?: Iterable<string>; readonly isUtf8?: ScanOptions['isUtf8'] } = {},
): CanonicalBatch => {
  if (!scan.needsRewrite) return { body: body.subarray(scan.start), scan: { ...scan, start: 0 } };
  const rewritten = rewriteNdjson(body, scan, existing);
  const again = scanNdjson(rewritten, { isUtf8, byteOrderMark: 'refuse' });
  return { body: rewritten, scan: again.ok ? again.scan : scan };
};
