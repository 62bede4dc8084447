const newline = 10;

/**
 * The lines of NDJSON chunks, a batch per chunk, without blank ones; a chunk may end anywhere.
 */
export async function* lineBatches(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    const lines = parts.filter((line) => line.trim() !== '');
    if (lines.length > 0) yield lines;
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield [rest];
}

/** The part of a chunk of whole lines that holds its first `limit` lines, and how many that are. */
export const firstLines = (chunk: Uint8Array, limit: number): { readonly part: Uint8Array; readonly lines: number } => {
  let lines = 0;
  for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) {
    lines++;
    if (lines === limit) return { part: chunk.subarray(0, at + 1), lines };
  }
  return { part: chunk, lines };
};
