import { isUtf8 } from 'node:buffer';
import type { Context } from '../../context.js';
import {
  type Chunk,
  chunkLines,
  type FileFormat,
  type FileSource,
  formatByName,
  type InvalidLine,
  jsonShape,
  sniffFormat,
  withoutBadRecords,
} from '../../core/query/index.js';

export interface SourceOptions {
  /** `--format`; undefined = by name and content. */
  readonly format: FileFormat | undefined;
  readonly pattern: string | undefined;
  /** Gets records of CSV and TSV that cannot be read; undefined = such a record ends the work. */
  readonly onInvalid: TakeInvalid | undefined;
}

/** Takes what is left out of the input `from`; lines are counted in `rows` where the file has no such lines. */
export type TakeInvalid = (
  from: { readonly name: string; readonly countedIn: 'lines' | 'rows' },
  lines: readonly InvalidLine[],
) => Promise<void>;

/** Lines of one input as NDJSON, cut into chunks. */
export interface IngestSource {
  /** As the user named it. */
  readonly name: string;
  readonly chunks: AsyncIterable<Chunk>;
  /** False where a line number is that of a row made from the file, not of a line in it. */
  readonly linesAreTheFiles: boolean;
  /** Lines that cannot be read could be left out. */
  readonly canSkip: boolean;
  /** The file knows only texts: a value is of the type that it reads as. */
  readonly valuesAreTexts: boolean;
}

const nameOf = (path: string): string => (path === '-' ? 'stdin' : path);

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

const isTable = (format: FileFormat | undefined): format is 'csv' | 'tsv' => format === 'csv' || format === 'tsv';

/** How the engine gets at the input: as it lies, or as what is left of it. */
const fileOf = async (
  ctx: Context,
  path: string,
  { format, onInvalid }: SourceOptions,
): Promise<Omit<FileSource, 'name'>> => {
  const files = await ctx.files();
  if (onInvalid && isTable(format)) {
    const title = nameOf(path);
    const take = (lines: readonly InvalidLine[]): Promise<void> =>
      onInvalid({ name: title, countedIn: 'lines' }, lines);
    return { title, stream: withoutBadRecords(await files.open(path), { format, isUtf8, onInvalid: take }) };
  }
  return path === '-' ? { stream: await files.open('-') } : { path };
};

async function* engineRows(ctx: Context, path: string, options: SourceOptions): AsyncGenerator<Uint8Array> {
  const { format, pattern } = options;
  const result = await (await ctx.fileQueries()).query({
    files: [{ name: 'input', ...(await fileOf(ctx, path, options)), ...(format && { format }) }],
    sql: 'SELECT * FROM input',
    budget: noBudget,
    signal: ctx.signal,
    ...(pattern !== undefined && { pattern }),
  });
  try {
    yield* result.ndjson();
  } finally {
    for (const warning of result.warnings ?? []) ctx.err.warn(warning);
    await result.close();
  }
}

/** Opens one input, `-` being stdin. An absent file is `not_found` before anything is stored of it. */
export const ingestSource = async (ctx: Context, path: string, options: SourceOptions): Promise<IngestSource> => {
  const name = nameOf(path);
  const kind = await readAs(ctx, path, options.format);
  if (kind === 'ndjson') {
    const chunks = chunkLines(await (await ctx.files()).open(path));
    return { name, chunks, linesAreTheFiles: true, canSkip: true, valuesAreTexts: false };
  }
  const format = kind === 'document' ? undefined : kind;
  const chunks = chunkLines(engineRows(ctx, path, { ...options, format }));
  const valuesAreTexts = isTable(format) || format === 'logfmt' || format === 'text';
  return { name, chunks, linesAreTheFiles: false, canSkip: isTable(format), valuesAreTexts };
};
