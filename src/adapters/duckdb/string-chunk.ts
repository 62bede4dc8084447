import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

const entryBytes = 16;
const inlineBytes = 12;

/** Copying more than this at once would hold up everybody else in this process. */
const partBytes = 4 * 1024 * 1024;

const copied = (entries: Uint8Array, rows: { readonly from: number; readonly to: number }, length: number): Buffer => {
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  const lines = Buffer.allocUnsafe(length);
  let at = 0;
  for (let row = rows.from; row < rows.to; row++) {
    const entry = row * entryBytes;
    const size = view.getUint32(entry, true);
    const text =
      size <= inlineBytes
        ? entries.subarray(entry + 4, entry + 4 + size)
        : duckdb.get_data_from_pointer(entries.buffer as ArrayBuffer, entries.byteOffset + entry + 8, size);
    lines.set(text, at);
    at += size;
    lines[at++] = 10;
  }
  return lines;
};

/**
 * The texts of a chunk's first column, none of them null, each followed by a newline; copied once, straight from the
 * engine's memory (its layout: length in 4 bytes, then up to 12 bytes of text or 4 bytes of prefix and a pointer). In
 * parts of a few megabytes, each made when it is asked for: the chunk has to stay until then.
 */
export function* linesOf(chunk: DuckDBDataChunk): Generator<Buffer> {
  const rows = chunk.rowCount;
  const entries = duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk.chunk, 0), rows * entryBytes);
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  let from = 0;
  let length = 0;
  for (let row = 0; row < rows; row++) {
    length += view.getUint32(row * entryBytes, true) + 1;
    if (length < partBytes && row + 1 < rows) continue;
    yield copied(entries, { from, to: row + 1 }, length);
    from = row + 1;
    length = 0;
  }
}
