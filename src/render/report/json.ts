import { stringifyJson } from '../../base/exact-json.js';
import { tally, type VerdictReport } from './model.js';

/** The report as one JSON document: `{title, summary, suites}`; times in milliseconds. */
export const jsonReport = ({ title, suites }: VerdictReport): string =>
  `${stringifyJson({ title, summary: tally(suites), suites }, 2)}\n`;
