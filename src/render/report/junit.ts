import type { ReportCase, ReportSuite, VerdictReport } from './model.js';
import { tally } from './model.js';

/** Everything outside the `Char` production of XML 1.0; lone surrogates included. */
const illegal = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

const text = (value: string): string =>
  value.replace(illegal, '').replace(/[&<>\r]/g, (found) => entities[found] ?? '');
/** Line breaks too: an attribute would be read with blanks in their place. */
const attribute = (value: string): string =>
  value.replace(illegal, '').replace(/[&<>"\n\r\t]/g, (found) => entities[found] ?? '');

const seconds = (ms: number): string => (ms / 1_000).toFixed(3);

const outcome = ({ status, type, message = '', detail }: ReportCase): string => {
  if (status === 'pass') return '';
  if (status === 'skip') return `<skipped message="${attribute(message)}"/>`;
  const tag = status === 'fail' ? 'failure' : 'error';
  return `<${tag} message="${attribute(message)}" type="${attribute(type ?? status)}">${text(detail ?? message)}</${tag}>`;
};

const caseXml = (one: ReportCase): string => {
  const inner = outcome(one);
  const head = `    <testcase name="${attribute(one.name)}" classname="${attribute(one.classname)}" time="${seconds(one.timeMs)}"`;
  return inner === '' ? `${head}/>\n` : `${head}>${inner}</testcase>\n`;
};

const counts = (suites: readonly ReportSuite[]): string => {
  const { all, fail, error, skip, timeMs } = tally(suites);
  return `tests="${all}" failures="${fail}" errors="${error}" skipped="${skip}" time="${seconds(timeMs)}"`;
};

const suiteXml = (suite: ReportSuite): string => {
  // `testsuites` has no attribute `skipped` in the common schema; a suite has.
  const cases = suite.cases.map(caseXml).join('');
  return `  <testsuite name="${attribute(suite.name)}" ${counts([suite])}>\n${cases}  </testsuite>\n`;
};

/** JUnit XML. Times are seconds; characters that XML 1.0 cannot hold are left out. */
export const junitReport = ({ title, suites }: VerdictReport): string => {
  const totals = counts(suites).replace(/ skipped="\d+"/, '');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${attribute(title)}" ${totals}>\n${suites.map(suiteXml).join('')}</testsuites>\n`;
};
