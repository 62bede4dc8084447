import { type FileScan, rewriteBlock } from '../../../core/query/index.js';

/** Blocks of checked lines, rewritten one after the other. */
export async function* rewritten(blocks: AsyncIterable<Uint8Array>, scan: FileScan): AsyncIterable<Uint8Array> {
  for await (const block of blocks) yield rewriteBlock(block, scan);
}
