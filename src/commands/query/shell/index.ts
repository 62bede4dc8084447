import { formatDuration } from '../../../base/duration.js';
import type { Context } from '../../../context.js';
import { asOpsError } from '../../frame/as-ops-error.js';
import { errorText } from '../../frame/error-text.js';
import { filesOf } from '../answer.js';
import type { QueryWish } from '../query-flags.js';
import { type CompletionScope, complete } from './complete.js';
import { historySize, historyText, parseHistory } from './history.js';
import { terminalLineReader } from './line-reader.js';
import { Shell } from './shell.js';
import { completionScope, databaseSource, filesSource, type ShellSource } from './source.js';

const historyFile = 'query-history';

const sourceOf = async (ctx: Context, wish: QueryWish): Promise<ShellSource> => {
  const limits = { budget: wish.budget };
  if (wish.from.length === 0) return databaseSource(ctx, wish.database, limits);
  const files = await filesOf(ctx, wish);
  return filesSource(ctx, { files, ...limits, ...(wish.pattern !== undefined && { pattern: wish.pattern }) });
};

/** Names for Tab, read once per source and again after a while: an ingest may have brought columns. */
const cachedScope = (ctx: Context): ((source: ShellSource) => Promise<CompletionScope>) => {
  const freshMs = 5_000;
  let kept:
    | { readonly source: ShellSource; readonly atMs: number; readonly scope: Promise<CompletionScope> }
    | undefined;
  return (source) => {
    const atMs = ctx.clock.monotonicMs();
    if (kept?.source !== source || atMs - kept.atMs > freshMs) kept = { source, atMs, scope: completionScope(source) };
    return kept.scope;
  };
};

/** `ops query` with nothing to ask yet: a shell over a database or over files, on stdin and stderr; rows go to stdout. */
export const queryShell = async (ctx: Context, wish: QueryWish): Promise<void> => {
  const files = await ctx.files();
  let source = await sourceOf(ctx, wish);
  const scopeOf = cachedScope(ctx);
  const keyboard = terminalLineReader({
    input: ctx.streams.stdin,
    output: ctx.streams.stderr,
    history: parseHistory((await files.readState(historyFile)) ?? ''),
    historySize,
    complete: async (line, cursor) => {
      const before = shell.pendingText();
      const text = before === '' ? line : `${before}\n${line}`;
      return complete({ text, cursor: text.length - line.length + cursor }, await scopeOf(source));
    },
  });
  const shell = new Shell(ctx, {
    source,
    keyboard,
    errorText: (error) => errorText(asOpsError(error), 'text'),
    onSource: (next) => {
      source = next;
    },
  });
  const onAbort = (): void => keyboard.close();
  ctx.signal.addEventListener('abort', onAbort);
  try {
    ctx.err.note(
      `asking ${wish.from.length === 0 ? `database ${source.label}` : source.label}; .help shows the commands, .quit leaves`,
    );
    if (wish.budget.wallClockMs !== undefined)
      ctx.err.verbose(`each statement may take ${formatDuration(wish.budget.wallClockMs)}`);
    await shell.run();
  } finally {
    ctx.signal.removeEventListener('abort', onAbort);
    keyboard.close();
    if (!(await files.writeState(historyFile, historyText(keyboard.history()))))
      ctx.err.verbose('the history could not be kept: the state directory cannot be written');
  }
};
