import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contextCreateCommand } from '../../../src/commands/context/create.js';
import { contextCurrentCommand } from '../../../src/commands/context/current.js';
import { contextDeleteCommand } from '../../../src/commands/context/delete.js';
import { contextListCommand } from '../../../src/commands/context/list.js';
import { contextUseCommand } from '../../../src/commands/context/use.js';
import { contextUseClusterCommand } from '../../../src/commands/context/use-cluster.js';
import { runSettings, tempHome } from '../settings-context.js';

let home: string;
let remove: () => void;
beforeEach(() => {
  ({ home, remove } = tempHome());
});
afterEach(() => remove());

const text = (): string => readFileSync(join(home, '.config/ops/config.yaml'), 'utf8');
const config = (lines: string): void => {
  mkdirSync(join(home, '.config/ops'), { recursive: true });
  writeFileSync(join(home, '.config/ops/config.yaml'), lines);
};
const three =
  'contexts:\n  lab: {cluster: kube, kube-context: lab}\n  prod: {server: https://ops.example.com, protected: true}\n';

describe('context list', () => {
  test('shows local, which is never written down', async () => {
    config(three);
    const { json } = await runSettings(contextListCommand, [], { home, format: 'json' });
    expect(json()).toMatchObject([
      { name: 'local', current: true, mode: 'local', cluster: 'embedded' },
      { name: 'lab', current: false, cluster: 'kube', kubeContext: 'lab' },
      { name: 'prod', mode: 'server', server: 'https://ops.example.com', protected: true, readOnly: false },
    ]);
  });
  test('as a table', async () => {
    config(three);
    const { stdout } = await runSettings(contextListCommand, [], { home, isTerminal: true });
    expect(stdout).toMatch(/^NAME +CURRENT +MODE +CLUSTER +FLAGS +SERVER\n/);
    expect(stdout).toMatch(/\nprod +server +embedded +protected +https:/);
  });
  test('works where the current one does not exist, and says so', async () => {
    config('current-context: gone\n');
    const { exit, said } = await runSettings(contextListCommand, [], { home });
    expect(exit).toBe(0);
    expect(said[0]).toContain('"gone" not found');
  });
});

describe('context current', () => {
  test('tells who chose it', async () => {
    config(three);
    const { json } = await runSettings(contextCurrentCommand, [], { home, env: { OPS_CONTEXT: 'lab' } });
    expect(json()).toMatchObject({ name: 'lab', current: true, origin: 'environment', from: 'OPS_CONTEXT' });
  });
  test('of an unknown one is exit 3', async () => {
    config(three);
    const { error } = await runSettings(contextCurrentCommand, [], { home, flags: { context: 'prd' } });
    expect(error).toMatchObject({ exit: 3, hint: expect.stringContaining('"prod"') });
  });
});

describe('context create', () => {
  test('writes what its flags say', async () => {
    const words = ['prod', '--server', 'https://ops.example.com', '--token-file', 'prod.token', '--protected'];
    const { json, said } = await runSettings(contextCreateCommand, words, { home });
    expect(json()).toMatchObject({ name: 'prod', mode: 'server', protected: true, current: false });
    expect(text()).toBe(
      'version: 1\ncontexts:\n  prod:\n    server: https://ops.example.com\n    token-file: prod.token\n    protected: true\n',
    );
    expect(said).toEqual(['note: created context prod; work there with `ops context use prod`']);
  });
  test('with --dry-run writes nothing', async () => {
    const { json } = await runSettings(contextCreateCommand, ['lab'], { home, flags: { dryRun: true } });
    expect(json()).toMatchObject({ name: 'lab' });
    expect(() => text()).toThrow();
  });
  test.each([
    [['lab'], 5, 'exists already'],
    [['../x'], 2, 'not a context name'],
    [['new', '--server', 'ops.example.com'], 2, '--server'],
    [['new', '--cluster', 'kub'], 2, '--cluster'],
  ])('%o is exit %i', async (words, exit, message) => {
    config(three);
    const { error } = await runSettings(contextCreateCommand, words, { home });
    expect(error?.exit).toBe(exit);
    expect(error?.message).toContain(message);
    expect(text()).toBe(three);
  });
});

describe('context use', () => {
  test('switches', async () => {
    config(three);
    const { json } = await runSettings(contextUseCommand, ['lab'], { home });
    expect(json()).toMatchObject({ name: 'lab', current: true });
    expect(text()).toContain('current-context: lab');
  });
  test('mends a current context that is gone', async () => {
    config('current-context: gone\n');
    expect((await runSettings(contextUseCommand, ['local'], { home })).exit).toBe(0);
    expect(text()).toBe('current-context: local\n');
  });
  test('of an unknown one is exit 3 with the nearest', async () => {
    config(three);
    const { error } = await runSettings(contextUseCommand, ['prd'], { home });
    expect(error).toMatchObject({ exit: 3, hint: expect.stringContaining('"prod"') });
  });
  test('warns where OPS_CONTEXT still decides', async () => {
    config(three);
    const { said } = await runSettings(contextUseCommand, ['lab'], { home, env: { OPS_CONTEXT: 'prod' } });
    expect(said.join()).toContain('unset OPS_CONTEXT');
  });
});

describe('context delete', () => {
  test('asks, then forgets', async () => {
    config(three);
    const { asked, json } = await runSettings(contextDeleteCommand, ['lab'], { home });
    expect(asked).toEqual(['delete context "lab"']);
    expect(json()).toMatchObject({ name: 'lab', deleted: true });
    expect(text()).not.toContain('lab');
  });
  test.each([
    ['lab: {cluster: kube}', 'Its one setting leaves '],
    ['lab: {cluster: kube, kube-context: lab}', 'Its 2 settings leave '],
  ])('of %s says how much leaves', async (spec, consequence) => {
    config(`contexts:\n  ${spec}\n`);
    const { consequences } = await runSettings(contextDeleteCommand, ['lab'], { home });
    expect(consequences.join()).toContain(consequence);
  });
  test('asks for the name of a protected one', async () => {
    config(three);
    expect((await runSettings(contextDeleteCommand, ['prod'], { home })).asked).toEqual([
      'delete context "prod" [prod]',
    ]);
  });
  test('a no changes nothing', async () => {
    config(three);
    const { exit } = await runSettings(contextDeleteCommand, ['lab'], { home, answer: false });
    expect(exit).toBe(12);
    expect(text()).toBe(three);
  });
  test.each([
    ['local', '', 5],
    ['lab', 'current-context: lab\n', 5],
    ['lba', '', 3],
  ])('of %s with %j is refused unasked: exit %i', async (name, more, exit) => {
    config(more + three);
    const { error, asked } = await runSettings(contextDeleteCommand, [name], { home });
    expect(error?.exit).toBe(exit);
    expect(asked).toEqual([]);
  });
});

describe('context use-cluster', () => {
  const kube = (names: readonly string[]): void => {
    mkdirSync(join(home, 'kube'));
    writeFileSync(join(home, 'kube/config'), `contexts:\n${names.map((name) => `- name: ${name}\n`).join('')}`);
  };
  test('takes a context of the kubeconfig', async () => {
    kube(['lab', 'prod']);
    const env = { KUBECONFIG: join(home, 'kube/config') };
    const { json } = await runSettings(contextUseClusterCommand, ['lab'], { home, env });
    expect(json()).toMatchObject({ name: 'local', cluster: 'kube', kubeContext: 'lab' });
    expect(text()).toBe('version: 1\ncontexts:\n  local:\n    cluster: kube\n    kube-context: lab\n');
  });
  test('writes the kubeconfig down where a flag named it', async () => {
    kube(['lab']);
    await runSettings(contextUseClusterCommand, ['lab'], { home, flags: { kubeconfig: 'kube/config' } });
    expect(text()).toContain(`kubeconfig: ${join(home, 'kube/config')}`);
  });
  test('goes back to the embedded one', async () => {
    config(three);
    await runSettings(contextUseClusterCommand, ['embedded'], { home, flags: { context: 'lab' } });
    expect(text()).toContain('lab: { cluster: embedded }');
  });
  test.each([
    [['lba'], 'did you mean lab'],
    [['other'], 'there are: lab'],
  ])('of %o is exit 3', async (words, hint) => {
    kube(['lab']);
    const env = { KUBECONFIG: join(home, 'kube/config') };
    const { error } = await runSettings(contextUseClusterCommand, words, { home, env });
    expect(error).toMatchObject({ exit: 3, hint: expect.stringContaining(hint) });
  });
  test('without a kubeconfig is exit 3', async () => {
    const env = { KUBECONFIG: join(home, 'absent') };
    expect((await runSettings(contextUseClusterCommand, ['lab'], { home, env })).exit).toBe(3);
  });
});
