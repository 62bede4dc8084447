import { describe, expect, test } from 'vitest';
import {
  dataDirectoryFinding,
  diagnosisOf,
  kubeFinding,
  nodeFinding,
  orphanFinding,
  storeFinding,
  terminalFinding,
  tokenFinding,
} from '../../../src/core/config/index.js';

const check = (status: 'ok' | 'warn' | 'fail' | 'skip') => ({ name: status, status, detail: '', hint: null });

test.each([
  [['ok', 'ok'], true],
  [['ok', 'warn', 'skip'], true],
  [['ok', 'fail'], false],
  [[], true],
] as const)('%o is well: %s', (statuses, expected) => {
  expect(diagnosisOf(statuses.map(check)).ok).toBe(expected);
});

test.each([
  ['20.19.0', 'ok'],
  ['20.18.3', 'fail'],
  ['18.20.0', 'fail'],
  ['24.1.0', 'ok'],
])('Node.js %s is %s', (version, expected) => {
  expect(nodeFinding(version).status).toBe(expected);
});

describe('data directory', () => {
  const folder = { exists: true, isDirectory: true, writable: true, freeBytes: 50e9 };
  test.each([
    [{}, 'ok'],
    [{ exists: false, isDirectory: false }, 'ok'],
    [{ exists: false, isDirectory: false, writable: false }, 'fail'],
    [{ writable: false }, 'warn'],
    [{ isDirectory: false }, 'fail'],
    [{ freeBytes: 500e6 }, 'warn'],
    [{ freeBytes: 1e6 }, 'fail'],
    [{ freeBytes: undefined }, 'ok'],
  ])('%o is %s', (facts, expected) => {
    expect(dataDirectoryFinding('/data', { ...folder, ...facts }).status).toBe(expected);
  });
});

test.each([
  [{ kind: 'absent' }, 'skip'],
  [{ kind: 'opened', schemaVersion: 3 }, 'ok'],
  [{ kind: 'broken', why: 'no database' }, 'fail'],
] as const)('a store that is %o is %s', (state, expected) => {
  expect(storeFinding(state).status).toBe(expected);
});

test.each([
  [[], 'skip'],
  [[0o600], 'ok'],
  [[0o400], 'ok'],
  [[0o640], 'warn'],
  [[0o600, 0o604], 'warn'],
  [[undefined], 'warn'],
] as const)('token files of modes %o are %s', (modes, expected) => {
  expect(tokenFinding(modes.map((mode) => ({ path: '/t', mode }))).status).toBe(expected);
});

test.each([
  [undefined, { cluster: 'embedded', kubeContext: '' }, 'skip'],
  [undefined, { cluster: 'kube', kubeContext: '' }, 'fail'],
  [['lab'], { cluster: 'embedded', kubeContext: '' }, 'ok'],
  [['lab'], { cluster: 'kube', kubeContext: 'lab' }, 'ok'],
  [['lab'], { cluster: 'kube', kubeContext: 'prod' }, 'fail'],
] as const)('kubeconfig with %o for %o is %s', (names, wants, expected) => {
  expect(kubeFinding(names && { files: ['/k'], current: undefined, names }, wants).status).toBe(expected);
});

test('every warning and failure says what to do', () => {
  const findings = [
    nodeFinding('18.0.0'),
    orphanFinding(['/data/tmp/x']),
    terminalFinding({ terminal: true, colour: true, utf8: false }),
    storeFinding({ kind: 'broken', why: 'x' }),
  ];
  for (const { status, hint } of findings) {
    expect(['warn', 'fail']).toContain(status);
    expect(hint).toBeTruthy();
  }
});
