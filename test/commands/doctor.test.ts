import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { doctorCommand } from '../../src/commands/doctor.js';
import { Diagnosis } from '../../src/core/config/index.js';
import { runSettings, tempHome } from './settings-context.js';

let home: string;
let remove: () => void;
beforeEach(() => {
  ({ home, remove } = tempHome());
});
afterEach(() => remove());

const env = () => ({ KUBECONFIG: join(home, 'absent'), LANG: 'C.UTF-8' });
const statuses = (json: unknown) =>
  Object.fromEntries(Diagnosis.parse(json).checks.map(({ name, status }) => [name, status]));

test('a healthy machine: exit 0, nothing made', async () => {
  const { json, exit, said } = await runSettings(doctorCommand, [], { home, env: env() });
  expect(json()).toMatchObject({ ok: true });
  expect(statuses(json())).toEqual({
    'node.js': 'ok',
    duckdb: 'ok',
    sqlite: 'ok',
    config: 'ok',
    'data directory': 'ok',
    store: 'skip',
    'token file': 'skip',
    terminal: 'ok',
    kubeconfig: 'skip',
    'half-written files': 'ok',
    server: 'skip',
  });
  expect(exit).toBe(0);
  expect(said).toEqual(['summary: 11 checks: 0 failed, 0 with a warning']);
  expect(readdirSync(home)).toEqual([]);
});

test('a broken config is a finding, and the other checks go on', async () => {
  mkdirSync(join(home, '.config/ops'), { recursive: true });
  writeFileSync(join(home, '.config/ops/config.yaml'), 'outptu: json\n');
  const { json, exit } = await runSettings(doctorCommand, [], { home, env: env() });
  expect(exit).toBe(1);
  expect(statuses(json())).toMatchObject({ config: 'fail', sqlite: 'ok', server: 'skip' });
});

test('an engine that does not load is a finding', async () => {
  const machine = { duckdb: () => Promise.reject(new Error('GLIBC_2.38 not found')) };
  const { json, exit } = await runSettings(doctorCommand, [], { home, env: env(), machine });
  expect(exit).toBe(1);
  expect(Diagnosis.parse(json()).checks[1]).toMatchObject({ status: 'fail', detail: expect.stringContaining('GLIBC') });
});

test('a warning alone is exit 0', async () => {
  const machine = { orphans: async () => ['/data/tmp/x'] };
  const { json, exit } = await runSettings(doctorCommand, [], { home, env: env(), machine });
  expect(exit).toBe(0);
  expect(statuses(json())).toMatchObject({ 'half-written files': 'warn' });
});

test('a broken kubeconfig that nobody uses is a warning', async () => {
  writeFileSync(join(home, 'kube'), 'contexts: {');
  const { json, exit } = await runSettings(doctorCommand, [], {
    home,
    env: { ...env(), KUBECONFIG: join(home, 'kube') },
  });
  expect(statuses(json())).toMatchObject({ kubeconfig: 'warn' });
  expect(exit).toBe(0);
});

test('a terminal gets a line per check, and the fix below it', async () => {
  const machine = { orphans: async () => ['/data/tmp/\u001b[31mx'] };
  const { stdout } = await runSettings(doctorCommand, [], { home, env: env(), machine, isTerminal: true });
  expect(stdout).toMatch(/^✓ ok {4}node\.js {13}\d+\./);
  expect(stdout).toMatch(/! warn {2}half-written files {2}1 half-written/);
  expect(stdout).toMatch(/\n {8}hint: remove/);
  expect(stdout).not.toContain('\u001b');
});
