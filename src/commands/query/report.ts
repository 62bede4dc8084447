import { isOpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';
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

/** Writes every report asked for; a later one of the same file wins. Never touches stdout. */
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
      if (summary) await files.append(summary, githubSummary(report));
      continue;
    }
    const file = await files.create(request.file, 'replace');
    try {
      await file.write(new TextEncoder().encode(fileReports[request.kind](report)));
      await file.commit();
    } finally {
      await file.discard();
    }
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
