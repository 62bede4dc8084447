import type { Context } from '../../context.js';
import {
  type Chunk,
  chunkLines,
  type FileFormat,
  formatByName,
  jsonShape,
  sniffFormat,
} from '../../core/query/index.js';

export interface SourceOptions {
  /** `--format`; undefined = by name and content. */
  readonly format: FileFormat | undefined;
  readonly pattern: string | undefined;
}

/** Lines of one input as NDJSON, cut into chunks. */
export interface IngestSource {
  /** As the user named it. */
  readonly name: string;
  readonly chunks: AsyncIterable<Chunk>;
  /** False where a line number is that of a row made from the file, not of a line in it. */
  readonly linesAreTheFiles: boolean;
}

/** Whole inputs are read, however long that takes. */
const noBudget = { wallClockMs: 2 ** 31 - 1, scanBytes: Number.MAX_SAFE_INTEGER };

/** The first bytes of a file as text, for guessing what it is. */
const sampleOf = async (ctx: Context, path: string): Promise<{ readonly text: string; readonly whole: boolean }> => {
  for await (const part of await (await ctx.files()).open(path))
    return { text: new TextDecoder().decode(part.subarray(0, 65_536)), whole: false };
  return { text: '', whole: true };
};

/** NDJSON can be passed on as it is; everything else, JSON documents included, is read by the engine. */
const readAs = async (ctx: Context, path: string, format: FileFormat | undefined): Promise<FileFormat | 'document'> => {
  if (format !== undefined) return format;
  if (path === '-') return 'ndjson';
  const named = formatByName(path);
  if (named.anyJson) {
    const { text, whole } = await sampleOf(ctx, path);
    return jsonShape(text, whole) === 'document' ? 'document' : 'ndjson';
  }
  // `.log` says only that it is a log: many programs write one JSON object per line into it.
  if (named.format === 'text') {
    const { text, whole } = await sampleOf(ctx, path);
    return sniffFormat(text, whole);
  }
  return named.format ?? 'ndjson';
};

async function* engineRows(ctx: Context, path: string, { format, pattern }: SourceOptions): AsyncGenerator<Uint8Array> {
  const file = path === '-' ? { stream: await (await ctx.files()).open('-') } : { path };
  const result = await (await ctx.fileQueries()).query({
    files: [{ name: 'input', ...file, ...(format && { format }) }],
    sql: 'SELECT * FROM input',
    budget: noBudget,
    signal: ctx.signal,
    ...(pattern !== undefined && { pattern }),
  });
  try {
    yield* result.ndjson();
  } finally {
    await result.close();
  }
}

/** Opens one input, `-` being stdin. An absent file is `not_found` before anything is stored of it. */
export const ingestSource = async (ctx: Context, path: string, options: SourceOptions): Promise<IngestSource> => {
  const name = path === '-' ? 'stdin' : path;
  const kind = await readAs(ctx, path, options.format);
  if (kind === 'ndjson')
    return { name, chunks: chunkLines(await (await ctx.files()).open(path)), linesAreTheFiles: true };
  const format = kind === 'document' ? undefined : kind;
  return { name, chunks: chunkLines(engineRows(ctx, path, { ...options, format })), linesAreTheFiles: false };
};
