import { Command } from 'commander';
import { OpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';
import { documented } from '../define.js';
import { answer } from './answer.js';
import { missingInput } from './missing-input.js';
import { type QueryFlags, type QueryWish, queryWish } from './query-flags.js';
import { readText } from './read-text.js';
import { reportRequests } from './report.js';

const collect = (word: string, before: readonly string[] = []): readonly string[] => [...before, word];

const examples = [
  { line: `ops query --from app.ndjson "SELECT level, count(*) FROM app GROUP BY level"`, does: 'ask a file' },
  { line: `ops query "SELECT * FROM checkout WHERE status >= 500" -o csv`, does: 'ask a stored table' },
  { line: `kubectl logs api | ops query --from - "SELECT * FROM stdin WHERE level = 'error'"`, does: 'ask a pipe' },
  {
    line: `ops query --from build.ndjson "SELECT * FROM build WHERE level = 'error'" --expect-rows 0`,
    does: 'fail a build',
  },
  { line: 'ops query', does: 'an interactive shell' },
];

const usage = `ops query 'SQL' [--from FILE]…`;

/** Where the text of the statement is to be had; `shell` where a person sits and has given none. */
type TextSource =
  | { readonly kind: 'text'; readonly sql: string }
  | { readonly kind: 'file' | 'stdin' | 'shell' | 'missing' };

/** Argument, else `-f`, else stdin unless `--from -` reads that, else the shell. Throws `usage` for two texts. */
const textSource = (facts: {
  readonly argument: string | undefined;
  readonly file: string | undefined;
  readonly stdinIsTaken: boolean;
  readonly stdinIsTerminal: boolean;
  readonly mayPrompt: boolean;
}): TextSource => {
  const { argument, file, stdinIsTaken, stdinIsTerminal, mayPrompt } = facts;
  if (argument !== undefined && file !== undefined)
    throw new OpsError('usage', 'the query is given twice: as an argument and with -f', 'leave one of them out');
  if (file === '-' && stdinIsTaken)
    throw new OpsError(
      'usage',
      'stdin cannot be both the query (-f -) and a table (--from -)',
      'give the query as an argument',
    );
  if (argument !== undefined) return { kind: 'text', sql: argument };
  if (file !== undefined) return { kind: 'file' };
  if (stdinIsTaken) return { kind: 'missing' };
  if (!stdinIsTerminal) return { kind: 'stdin' };
  return { kind: mayPrompt ? 'shell' : 'missing' };
};

const startShell = async (ctx: Context, wish: QueryWish): Promise<void> => {
  if (wish.expect || wish.mode !== 'rows')
    throw new OpsError('usage', 'this needs the text of a query', `give it as an argument: ${usage}`);
  const { queryShell } = await import('./shell/index.js');
  await queryShell(ctx, wish);
};

const run = async (ctx: Context, argument: string | undefined, flags: QueryFlags): Promise<void> => {
  const wish = queryWish(flags);
  reportRequests(ctx, wish.reports); // A mistake in --report shows before the work, not after it.
  const { stdin } = ctx.streams;
  const source = textSource({
    argument,
    file: ctx.settings.file,
    stdinIsTaken: wish.from.some((word) => word === '-' || word.endsWith('=-')),
    stdinIsTerminal: stdin.isTTY === true,
    mayPrompt: !ctx.settings.noInput,
  });
  if (source.kind === 'missing') throw missingInput(ctx, 'the query is missing', { usage, examples });
  if (source.kind === 'shell') return startShell(ctx, wish);
  const sql =
    source.kind === 'text'
      ? source.sql
      : await readText(ctx, source.kind === 'file' ? (ctx.settings.file ?? '-') : '-');
  await answer(ctx, { wish, sql });
};

/** `ops query`: one statement over stored tables or files, or the shell. */
export const queryCommand = (ctx: Context): Command =>
  documented(
    new Command('query')
      .summary('ask stored tables or files in SQL')
      .argument('[sql]', 'the statement; else -f FILE, else stdin; on a terminal a shell starts')
      .option('--db <name>', 'database to ask (default: default)')
      .option('--from <file>', 'ask this file instead: FILE or NAME=FILE, - is stdin; repeatable', collect)
      .option('--format <format>', 'of the files: ndjson, csv, tsv, parquet, logfmt or text; else by name and content')
      .option('--pattern <regex>', 'named groups become columns of text files')
      .option('--max-time <duration>', 'stop after this time (default: 300s)')
      .option('--max-memory <size>', 'stop beyond this much memory; nothing spills to disk then (default: 4GiB)')
      .option('--max-scan <size>', 'refuse to read more than this (default: 10GiB)')
      .option('--explain', 'show what would be read and how, instead of rows')
      .option('--stats', 'rows, bytes scanned and time, on stderr')
      .option('--follow', 'go on with the matching rows of each later ingest')
      .option('--expect-rows <expr>', "verdict on the number of rows: 0, '>0', '<=10'; exit 1 if untrue")
      .option(
        '--report <kind>',
        'with --expect-rows: junit=FILE, md=FILE, json=FILE, html=FILE, github or auto; repeatable',
        collect,
      )
      .action((sql: string | undefined, flags: QueryFlags) => run(ctx, sql, flags)),
    {
      examples,
      route: 'POST /v1/query',
      exits: [1, 3, 5, 6, 8, 9, 130],
      verdict: true,
      complete: { from: 'file', db: 'database' },
    },
  );
