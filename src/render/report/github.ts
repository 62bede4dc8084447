import { markdownReport } from './markdown.js';
import type { ReportCase, VerdictReport } from './model.js';

/** GitHub shows ten annotations of a kind per step. */
const shownPerKind = 9;
/** GitHub refuses a bigger summary of a step as a whole. */
const summaryBytes = 1_048_576;

const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

const lines = (kind: 'error' | 'warning', cases: readonly ReportCase[]): readonly string[] => {
  const shown = cases
    .slice(0, shownPerKind)
    .map(({ name, message, status }) => `::${kind} title=${property(name)}::${data(message ?? status)}`);
  const hidden = cases.length - shown.length;
  return hidden > 0 ? [...shown, `::${kind} title=more::and ${hidden} more`] : shown;
};

/** Workflow commands for stderr: an error for each failed or broken case, a warning for each skipped one. */
export const githubAnnotations = ({ suites }: VerdictReport): string => {
  const cases = suites.flatMap((suite) => suite.cases);
  return [
    ...lines(
      'error',
      cases.filter(({ status }) => status === 'fail' || status === 'error'),
    ),
    ...lines(
      'warning',
      cases.filter(({ status }) => status === 'skip'),
    ),
  ]
    .map((line) => `${line}\n`)
    .join('');
};

/** Markdown to append to the file that `GITHUB_STEP_SUMMARY` names; at most 1 MiB, cut at a line. */
export const githubSummary = (report: VerdictReport): string => {
  const whole = markdownReport(report);
  if (Buffer.byteLength(whole) <= summaryBytes) return whole;
  const note = '\n… cut: the whole report would be larger than 1 MiB.\n';
  const head = Buffer.from(whole).subarray(0, summaryBytes - Buffer.byteLength(note));
  return head.subarray(0, head.lastIndexOf(10) + 1).toString('utf8') + note;
};
