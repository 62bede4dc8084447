import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { consoleExamples } from './console.js';
import { fixtures, sandbox } from './testscript.js';

// The questions of docs/query.md to the audit log, answered a second time without any engine.
interface AuditEvent {
  readonly auditID: string;
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly responseStatus?: { readonly code: number };
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

const events = readFileSync(join(fixtures, 'captured/kube-audit.ndjson'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as AuditEvent);

const questions = consoleExamples(readFileSync(resolve(import.meta.dirname, '../../docs/query.md'), 'utf8'))
  .flatMap(({ block }) => block)
  .map(({ command }) => /FROM kube_audit/.test(command) && command)
  .filter((command) => command !== false);

/** The documented statement, without its LIMIT. */
const answer = (question: string): Record<string, unknown>[] => {
  const { env, remove } = sandbox();
  try {
    const command = question.replace(/ LIMIT \d+/, '').replace(' -o md', ' -o ndjson');
    const printed = execFileSync('sh', ['-c', command], {
      cwd: resolve(fixtures, '..'),
      env,
      encoding: 'utf8',
      maxBuffer: 1e8,
    });
    return printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  } finally {
    remove();
  }
};

const path = (uri: string): string => uri.split('?')[0] ?? '';

const distinctRequests = (
  keyOf: (event: AuditEvent) => string,
  chosen: readonly AuditEvent[],
): Record<string, number> => {
  const ids = new Map<string, Set<string>>();
  for (const event of chosen) {
    const key = keyOf(event);
    ids.set(key, (ids.get(key) ?? new Set()).add(event.auditID));
  }
  return Object.fromEntries([...ids].map(([key, set]) => [key, set.size]));
};

test('who got 403 and 500, and on what', () => {
  const [question = ''] = questions;
  const refused = events.filter(({ responseStatus }) => [403, 500].includes(responseStatus?.code ?? 0));
  const expected = distinctRequests(
    (event) => [event.responseStatus?.code, event.user.username, path(event.requestURI)].join(' '),
    refused,
  );
  const found = answer(question).map((row) => [`${row['code']} ${row['who']} ${row['what']}`, row['requests']]);
  expect(Object.fromEntries(found)).toEqual(expected);
  expect(found.length).toBeGreaterThan(10);
});

test('the slowest requests', () => {
  const [, question = ''] = questions;
  const wholeMs = (text: string): number => Math.floor(Date.parse(text));
  const slowest = events
    .filter(({ stage, verb }) => stage === 'ResponseComplete' && verb !== 'watch')
    .map((event) => wholeMs(event.stageTimestamp) - wholeMs(event.requestReceivedTimestamp))
    .sort((a, b) => b - a);
  expect(answer(question).map((row) => row['ms'])).toEqual(slowest);
});

test('requests per user and minute', () => {
  const [, , question = ''] = questions;
  const expected = distinctRequests(
    (event) => `${event.user.username} ${event.requestReceivedTimestamp.slice(0, 16)}`,
    events,
  );
  const found = answer(question).map((row) => [`${row['who']} ${String(row['minute']).slice(0, 16)}`, row['requests']]);
  expect(Object.fromEntries(found)).toEqual(expected);
});
