import { formatDuration } from '../../base/duration.js';
import { markdownHead, markdownLine } from '../delimited.js';
import { printable } from '../measure.js';
import { type CaseStatus, tally, tallyText, type VerdictReport } from './model.js';

const marks: Readonly<Record<CaseStatus, string>> = {
  pass: '✅ pass',
  fail: '❌ fail',
  error: '💥 error',
  skip: '⏭️ skip',
};

/** A heading, the tally and one table of all cases. */
export const markdownReport = ({ title, suites }: VerdictReport): string => {
  const rows = suites.flatMap((suite) =>
    suite.cases.map((one) =>
      markdownLine([marks[one.status], suite.name, one.name, formatDuration(one.timeMs), one.message ?? '']),
    ),
  );
  const head = markdownHead(['Status', 'Suite', 'Case', 'Time', 'Message'], [undefined, undefined, undefined, 'right']);
  return `## ${printable(title)}\n\n${tallyText(tally(suites))}\n\n${head}${rows.join('')}`;
};
