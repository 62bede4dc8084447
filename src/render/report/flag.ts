import { OpsError } from '../../base/errors.js';
import { htmlReport } from './html.js';
import { jsonReport } from './json.js';
import { junitReport } from './junit.js';
import { markdownReport } from './markdown.js';
import type { VerdictReport } from './model.js';

/** Reports that go to a file. */
export const fileReports = {
  junit: junitReport,
  md: markdownReport,
  json: jsonReport,
  html: htmlReport,
} satisfies Record<string, (report: VerdictReport) => string>;

export type FileReport = keyof typeof fileReports;

/** One `--report`: a file to write, or annotations for GitHub. */
export type ReportRequest = { readonly kind: FileReport; readonly file: string } | { readonly kind: 'github' };

const isFileReport = (kind: string): kind is FileReport => Object.hasOwn(fileReports, kind);

/**
 * What `--report KIND[=FILE]` asks for; `auto` is `github` inside GitHub Actions and undefined elsewhere. Throws `usage`.
 *
 * @example parseReportFlag('junit=probe.xml', process.env) // { kind: 'junit', file: 'probe.xml' }
 */
export const parseReportFlag = (
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): ReportRequest | undefined => {
  const cut = text.indexOf('=');
  const kind = cut < 0 ? text : text.slice(0, cut);
  const file = cut < 0 ? '' : text.slice(cut + 1);
  if (kind === 'github' || kind === 'auto') {
    if (cut >= 0) throw new OpsError('usage', `--report ${text}: ${kind} writes no file`, `use \`--report ${kind}\``);
    return kind === 'github' || env.GITHUB_ACTIONS === 'true' ? { kind: 'github' } : undefined;
  }
  if (!isFileReport(kind))
    throw new OpsError(
      'usage',
      `--report: "${kind}" is no kind of report`,
      'use github, auto, junit=FILE, md=FILE, json=FILE or html=FILE',
    );
  if (file === '')
    throw new OpsError('usage', `--report ${kind}: the file is missing`, `use \`--report ${kind}=FILE\``);
  return { kind, file };
};
