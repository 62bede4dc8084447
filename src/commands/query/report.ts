import { dirname } from 'node:path';
import { isOpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';
import { printable } from '../../render/index.js';
import {
  fileReports,
  githubAnnotations,
  githubSummary,
  parseReportFlag,
  type ReportCase,
  type ReportRequest,
  type VerdictReport,
} from '../../render/report/index.js';

/** What the `--report` flags ask for, `auto` resolved. Throws `usage`. */
export const reportRequests = (ctx: Context, flags: readonly string[]): readonly ReportRequest[] =>
  flags.flatMap((flag) => parseReportFlag(flag, ctx.env) ?? []);

/** Why a file could not be written: its folder, where that is all that is missing. */
const whyNot = (error: unknown, file: string): string => {
  if (!isOpsError(error)) return error instanceof Error ? error.message : String(error);
  return error.code === 'not_found' ? `there is no folder "${dirname(file)}"` : error.message;
};

/** One report; a failure is a warning, since the verdict stands without it. */
const attempted = async (
  ctx: Context,
  { flag, file }: { readonly flag: string; readonly file: string },
  write: () => Promise<void>,
): Promise<void> => {
  try {
    await write();
  } catch (error) {
    ctx.err.warn(printable(`--report ${flag}: "${file}" could not be written: ${whyNot(error, file)}`));
  }
};

/**
 * Writes every report asked for; a later one of the same file wins. Never touches stdout and never throws: what cannot be
 * written is a warning, and the other reports are written all the same.
 */
export const writeReports = async (
  ctx: Context,
  requests: readonly ReportRequest[],
  report: VerdictReport,
): Promise<void> => {
  if (requests.length === 0) return;
  const files = await ctx.files();
  for (const request of requests) {
    if (request.kind === 'github') {
      ctx.err.raw(githubAnnotations(report));
      const summary = ctx.env['GITHUB_STEP_SUMMARY'];
      const append = (path: string) => () => files.append(path, githubSummary(report));
      if (summary) await attempted(ctx, { flag: 'github', file: summary }, append(summary));
      continue;
    }
    const { kind, file: path } = request;
    await attempted(ctx, { flag: kind, file: path }, async () => {
      const file = await files.create(path, 'replace');
      try {
        await file.write(new TextEncoder().encode(fileReports[kind](report)));
        await file.commit();
      } finally {
        await file.discard();
      }
    });
  }
};

/** The report of a query whose rows were counted, or could not be. */
export const queryReport = (
  sql: string,
  outcome: Pick<ReportCase, 'status' | 'timeMs'> & { readonly message?: string },
): VerdictReport => {
  const line = sql.replace(/\s+/g, ' ').trim();
  const name = line.length > 200 ? `${line.slice(0, 199)}…` : line;
  const verdict = { name, classname: 'ops.query', type: 'expect-rows', ...outcome };
  return { title: 'ops query', suites: [{ name: 'query', cases: [verdict] }] };
};

/** How an operational problem stands in a report. */
export const problemText = (error: unknown): string =>
  isOpsError(error)
    ? [error.message, ...(error.hint === undefined ? [] : [`hint: ${error.hint}`])].join('\n')
    : String(error);
