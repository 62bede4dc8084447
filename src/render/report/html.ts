import { formatDuration } from '../../base/duration.js';
import { type ReportCase, type ReportSuite, tally, tallyText, type VerdictReport } from './model.js';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (found) => entities[found] ?? '');

const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --line: #d0d7de; --good: #1a7f37; --bad: #b42318; --warn: #8a5a00; --dim: #59636e }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --line: #30363d; --good: #3fb950; --bad: #ff7b72; --warn: #d29922; --dim: #9198a1 } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: 0 0 2rem }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere }
td.time { text-align: right; white-space: nowrap; color: var(--dim) }
.pass { color: var(--good) } .fail, .error { color: var(--bad) } .skip { color: var(--warn) }
.status { font-weight: 600; white-space: nowrap }
pre { white-space: pre-wrap; margin: .4rem 0 0; font-size: 13px }
`;

const words = { pass: '✓ pass', fail: '✗ fail', error: '! error', skip: '– skip' } as const;

const row = ({ name, status, timeMs, message, detail }: ReportCase): string => {
  const more = detail === undefined ? '' : `<details><summary>detail</summary><pre>${escaped(detail)}</pre></details>`;
  return `<tr><td class="status ${status}">${words[status]}</td><td>${escaped(name)}</td><td>${escaped(message ?? '')}${more}</td><td class="time">${formatDuration(timeMs)}</td></tr>\n`;
};

const section = ({ name, cases }: ReportSuite): string =>
  `<h2>${escaped(name)}</h2>\n<table>\n<thead><tr><th scope="col">Status</th><th scope="col">Case</th><th scope="col">Message</th><th scope="col">Time</th></tr></thead>\n<tbody>\n${cases.map(row).join('')}</tbody>\n</table>\n`;

/** One static page, light or dark as the reader has it; no script, nothing loaded from anywhere. */
export const htmlReport = ({ title, suites }: VerdictReport): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>${tallyText(tally(suites))}</p>
${suites.map(section).join('')}</body>
</html>
`;
