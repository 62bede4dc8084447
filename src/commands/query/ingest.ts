import { Command } from 'commander';
import { formatByteSize } from '../../base/byte-size.js';
import { formatDuration } from '../../base/duration.js';
import { OpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';
import { parseFileFormat } from '../../core/query/index.js';
import { documented } from '../define.js';
import { countOf } from './count-of.js';
import { type IngestWish, ingestChunks } from './ingest-chunks.js';
import { openRejects } from './ingest-rejects.js';
import { type IngestSource, ingestSource, type SourceOptions } from './ingest-source.js';
import { IngestSummary, ingestSummaryView, summaryOf } from './ingest-summary.js';
import { missingInput } from './missing-input.js';
import { parseTableRef } from './table-name.js';

interface IngestFlags {
  readonly db?: string;
  readonly idempotencyKey?: string;
  readonly create: boolean;
  readonly evolve: boolean;
  readonly format?: string;
  readonly pattern?: string;
  readonly skipInvalid?: boolean;
  readonly rejects?: string;
}

const examples = [
  { line: 'ops ingest checkout app.ndjson', does: 'one file; the table is made if need be' },
  { line: 'kubectl logs deploy/api | ops ingest api --format text', does: 'a pipe, line by line' },
  {
    line: 'ops ingest checkout logs/*.ndjson.gz --idempotency-key nightly-2026-03-01',
    does: 'again, and nothing is stored twice',
  },
  { line: 'ops ingest checkout app.ndjson --skip-invalid --rejects bad.ndjson', does: 'keep the good lines' },
];

const usage = 'ops ingest TABLE [FILE…]';

/** Says on a terminal how far the work has come. */
const progressOf = (ctx: Context): { read(bytes: number, rows: number): void; elapsedMs(): number } => {
  const startedMs = ctx.clock.monotonicMs();
  const elapsedMs = (): number => ctx.clock.monotonicMs() - startedMs;
  let bytes = 0;
  let rows = 0;
  return {
    elapsedMs,
    read: (moreBytes, moreRows) => {
      bytes += moreBytes;
      rows += moreRows;
      const rate = elapsedMs() > 0 ? `, ${formatByteSize(Math.round((bytes * 1_000) / elapsedMs()))}/s` : '';
      ctx.err.progress(`ingesting: ${countOf(rows, 'row')}, ${formatByteSize(bytes)}${rate}`);
    },
  };
};

async function* sourcesOf(
  ctx: Context,
  paths: readonly string[],
  options: SourceOptions,
): AsyncGenerator<IngestSource> {
  // A name that is wrong is told before anything of the others is stored.
  const files = await ctx.files();
  for (const path of paths) if (path !== '-') await files.open(path);
  for (const path of paths) yield await ingestSource(ctx, path, options);
}

const checkFlags = ({ rejects, skipInvalid, format, pattern }: IngestFlags): Omit<SourceOptions, 'onInvalid'> => {
  if (rejects !== undefined && skipInvalid !== true)
    throw new OpsError('usage', '--rejects keeps what --skip-invalid leaves out', 'give both');
  return { format: format === undefined ? undefined : parseFileFormat(format), pattern };
};

const run = async (ctx: Context, word: string, files: readonly string[], flags: IngestFlags): Promise<void> => {
  const options = checkFlags(flags);
  const { database, table } = parseTableRef(word, flags.db);
  const paths = files.length > 0 ? files : [ctx.settings.file ?? '-'];
  if (paths.includes('-') && ctx.streams.stdin.isTTY === true)
    throw missingInput(ctx, 'there is nothing to ingest: stdin is a terminal', { usage, examples });
  const key = flags.idempotencyKey === '' ? undefined : flags.idempotencyKey;
  const progress = progressOf(ctx);
  const rejects = await openRejects(ctx, flags.rejects);
  try {
    const onInvalid = flags.skipInvalid ? rejects.take : undefined;
    const wish: IngestWish = {
      database,
      table,
      key,
      autoCreate: flags.create,
      evolve: flags.evolve,
      onInvalid,
      service: ctx.settings.dryRun ? undefined : await ctx.query(),
      onRead: progress.read,
    };
    const summary = summaryOf(await ingestChunks(ctx, sourcesOf(ctx, paths, { ...options, onInvalid }), wish));
    await rejects.finish();
    ctx.err.progressDone();
    const where = `${database}.${table} (${formatDuration(progress.elapsedMs())})`;
    const count = countOf(summary.rows_ingested, 'row');
    if (ctx.settings.dryRun) ctx.err.note(`dry run: ${count} would go into ${where}`);
    else if (summary.replayed) ctx.err.summary(`${count} were stored before in ${where}: nothing added`);
    else ctx.err.summary(`${count} into ${where}`);
    await ctx.out.print(summary, ingestSummaryView);
  } finally {
    ctx.err.progressDone();
    await rejects.discard();
  }
};

/** `ops ingest TABLE [FILE…]`: rows into a stored table. */
export const ingestCommand = (ctx: Context): Command =>
  documented(
    new Command('ingest')
      .summary('store rows of files or of stdin in a table')
      .argument('<table>', 'TABLE, or DATABASE.TABLE')
      .argument('[file...]', 'files, .gz and .zst too; none or - is stdin')
      .option('--db <name>', 'database (default: default)')
      .option('--idempotency-key <key>', 'the same input with the same key again adds nothing')
      .option('--no-create', 'fail where the table does not exist')
      .option('--no-evolve', 'drop unknown keys, never widen a column')
      .option('--format <format>', 'ndjson, csv, tsv, logfmt, text or parquet; else by name, NDJSON for stdin')
      .option('--pattern <regex>', 'named groups become columns of text files')
      .option('--skip-invalid', 'leave out lines that are no rows or do not fit')
      .option('--rejects <file>', 'with --skip-invalid: keep those lines in this new file')
      .action((word: string, files: readonly string[], flags: IngestFlags) => run(ctx, word, files, flags)),
    {
      examples,
      route: 'POST /v1/ingest',
      output: IngestSummary,
      exits: [3, 4, 5, 6, 8, 9, 130],
      complete: { table: 'table', file: 'file', db: 'database' },
    },
  );
