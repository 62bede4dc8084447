import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  fileReports,
  githubAnnotations,
  githubSummary,
  parseReportFlag,
  type ReportCase,
  type VerdictReport,
} from '../../src/render/report/index.js';

const passed: ReportCase = { name: 'checkout-api', classname: 'ops.query', status: 'pass', timeMs: 1_500 };
const failed: ReportCase = {
  name: 'no "errors" <build>',
  classname: 'ops.query',
  status: 'fail',
  timeMs: 20,
  type: 'expect-rows',
  message: '2 rows, expected 0:\n50%, see a|b',
  detail: 'row 1\u0000\u001b & <row 2>',
};
const report: VerdictReport = {
  title: 'ops query',
  suites: [
    { name: 'query', cases: [passed, failed] },
    {
      name: 'gate',
      cases: [
        { name: 'restores', classname: 'ops.gate', status: 'error', timeMs: 0, message: 'store locked' },
        { name: 'licence', classname: 'ops.gate', status: 'skip', timeMs: 0, message: 'not licensed' },
      ],
    },
  ],
};

describe('junit', () => {
  test('has suites, cases, seconds, and only legal characters', () => {
    expect(fileReports.junit(report)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="ops query" tests="4" failures="1" errors="1" time="1.520">
  <testsuite name="query" tests="2" failures="1" errors="0" skipped="0" time="1.520">
    <testcase name="checkout-api" classname="ops.query" time="1.500"/>
    <testcase name="no &quot;errors&quot; &lt;build&gt;" classname="ops.query" time="0.020"><failure message="2 rows, expected 0:&#10;50%, see a|b" type="expect-rows">row 1 &amp; &lt;row 2&gt;</failure></testcase>
  </testsuite>
  <testsuite name="gate" tests="2" failures="0" errors="1" skipped="1" time="0.000">
    <testcase name="restores" classname="ops.gate" time="0.000"><error message="store locked" type="error">store locked</error></testcase>
    <testcase name="licence" classname="ops.gate" time="0.000"><skipped message="not licensed"/></testcase>
  </testsuite>
</testsuites>
`);
  });

  test('never holds a character that XML 1.0 forbids', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const xml = fileReports.junit({
          title: text,
          suites: [{ name: text, cases: [{ ...failed, name: text, detail: text }] }],
        });
        expect(xml).toMatch(/^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u);
        expect(xml.match(/<testcase /g)).toHaveLength(1);
      }),
    );
  });
});

describe('github', () => {
  test('escapes what would end a property or a line', () => {
    expect(githubAnnotations(report)).toBe(
      '::error title=no "errors" <build>::2 rows, expected 0:%0A50%25, see a|b\n' +
        '::error title=restores::store locked\n' +
        '::warning title=licence::not licensed\n',
    );
    const odd = { ...failed, name: 'a:b,c%d', message: 'x' };
    expect(githubAnnotations({ title: '', suites: [{ name: '', cases: [odd] }] })).toBe(
      '::error title=a%3Ab%2Cc%25d::x\n',
    );
  });

  test('shows at most nine of a kind and says how many more there are', () => {
    const cases = Array.from({ length: 12 }, () => failed);
    const lines = githubAnnotations({ title: '', suites: [{ name: '', cases }] })
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toBe('::error title=more::and 3 more');
  });

  test('a summary is at most 1 MiB, cut at a line', () => {
    const cases = Array.from({ length: 5_000 }, () => ({ ...failed, message: 'ü'.repeat(200) }));
    const summary = githubSummary({ title: 'big', suites: [{ name: 's', cases }] });
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1_048_576);
    expect(summary).toMatch(/\|\n\n… cut: the whole report would be larger than 1 MiB\.\n$/);
    expect(githubSummary(report)).toBe(fileReports.md(report));
  });
});

test('md is a table that nothing in the data breaks', () => {
  const text = fileReports.md(report);
  expect(text).toContain('## ops query\n\n1 passed, 1 failed, 1 with errors, 1 skipped\n\n| Status |');
  expect(text).toContain(
    '| ❌ fail | query | no "errors" \\<build> | 20ms | 2 rows, expected 0:<br>50%, see a\\|b |\n',
  );
});

test('json is the model with its tally', () => {
  expect(JSON.parse(fileReports.json(report))).toEqual({
    title: 'ops query',
    summary: { pass: 1, fail: 1, error: 1, skip: 1, all: 4, timeMs: 1_520 },
    suites: report.suites,
  });
});

test('html is one page without a script, and data stays data', () => {
  const page = fileReports.html({ ...report, title: '<script>alert(1)</script>' });
  expect(page).not.toContain('<script');
  expect(page).toContain('<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>');
  expect(page).toContain('prefers-color-scheme: dark');
  expect(page).not.toMatch(/(src|href)=/);
});

describe('--report', () => {
  test.each([
    ['junit=probe.xml', {}, { kind: 'junit', file: 'probe.xml' }],
    ['html=a=b.html', {}, { kind: 'html', file: 'a=b.html' }],
    ['github', {}, { kind: 'github' }],
    ['auto', { GITHUB_ACTIONS: 'true' }, { kind: 'github' }],
    ['auto', {}, undefined],
  ])('%s with %j', (text, env, request) => {
    expect(parseReportFlag(text, env)).toEqual(request);
  });

  test.each(['junit', 'junit=', 'xml=a', 'github=a', '', 'toString=a'])('%j is refused', (text) => {
    expect(() => parseReportFlag(text, {})).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
