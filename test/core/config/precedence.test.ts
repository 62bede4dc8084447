import { describe, expect, test } from 'vitest';
import type { Origin } from '../../../src/core/config/index.js';
import { type Said, settingsOf } from './sources.js';

/** One key at every level that can say it, strongest first, each with a value of its own. */
const ladders: Record<string, readonly (readonly [Origin, Said, value: string, from: string])[]> = {
  output: [
    ['flag', { flags: { output: 'csv' } }, 'csv', '--output'],
    ['environment', { env: { OPS_OUTPUT: 'tsv' } }, 'tsv', 'OPS_OUTPUT'],
    ['project file', { project: { output: 'md' } }, 'md', '/repo/.ops.yaml'],
    [
      'context',
      { user: { contexts: { local: { output: 'yaml' } } } },
      'yaml',
      '/home/ada/.config/ops/config.yaml (contexts.local)',
    ],
    ['user config', { user: { output: 'json' } }, 'json', '/home/ada/.config/ops/config.yaml'],
    ['default', {}, '', ''],
  ],
  'lock-timeout': [
    ['flag', { flags: { lockTimeoutMs: 1_500 } }, '1500ms', '--lock-timeout'],
    ['project file', { project: { 'lock-timeout': '2s' } }, '2s', '/repo/.ops.yaml'],
    [
      'context',
      { user: { contexts: { local: { 'lock-timeout': '3s' } } } },
      '3s',
      '/home/ada/.config/ops/config.yaml (contexts.local)',
    ],
    ['user config', { user: { 'lock-timeout': '4s' } }, '4s', '/home/ada/.config/ops/config.yaml'],
    ['default', {}, '5s', ''],
  ],
  'data-dir': [
    ['flag', { flags: { dataDir: 'd1' } }, '/work/d1', '--data-dir'],
    ['environment', { env: { OPS_DATA_DIR: 'd2' } }, '/work/d2', 'OPS_DATA_DIR'],
    ['project file', { project: { 'data-dir': 'd3' } }, '/repo/d3', '/repo/.ops.yaml'],
    [
      'context',
      { user: { contexts: { local: { 'data-dir': '~/d4' } } } },
      '/home/ada/d4',
      '/home/ada/.config/ops/config.yaml (contexts.local)',
    ],
    ['user config', { user: { 'data-dir': 'd5' } }, '/home/ada/.config/ops/d5', '/home/ada/.config/ops/config.yaml'],
    ['default', {}, '/home/ada/.local/share/ops/local', ''],
  ],
  'current-context': [
    ['flag', { flags: { context: 'a' } }, 'a', '--context'],
    ['environment', { env: { OPS_CONTEXT: 'b' } }, 'b', 'OPS_CONTEXT'],
    ['user config', { user: { 'current-context': 'c' } }, 'c', '/home/ada/.config/ops/config.yaml'],
    ['default', {}, 'local', ''],
  ],
  color: [
    ['flag', { flags: { color: 'auto' } }, 'auto', '--color'],
    ['environment', { env: { NO_COLOR: '1' } }, 'never', 'NO_COLOR'],
    ['project file', { project: { color: 'always' } }, 'always', '/repo/.ops.yaml'],
  ],
  pager: [
    ['environment', { env: { OPS_PAGER: 'less' } }, 'less', 'OPS_PAGER'],
    ['user config', { user: { pager: 'more' } }, 'more', '/home/ada/.config/ops/config.yaml'],
    ['default', {}, '', ''],
  ],
};

/** Several levels speaking at once. */
const together = (...all: readonly Said[]): Said => {
  const contexts = Object.assign({}, { a: {}, b: {}, c: {} }, ...all.map(({ user }) => user?.contexts));
  return {
    flags: Object.assign({}, ...all.map(({ flags }) => flags)),
    env: Object.assign({}, ...all.map(({ env }) => env)),
    ...(all.some(({ project }) => project) ? { project: Object.assign({}, ...all.map(({ project }) => project)) } : {}),
    user: { ...Object.assign({}, ...all.map(({ user }) => user)), contexts },
  };
};

describe('precedence', () => {
  const pairs = Object.entries(ladders).flatMap(([key, levels]) =>
    levels.slice(0, -1).map((stronger, index) => ({ key, stronger, weaker: levels[index + 1] ?? stronger })),
  );
  test.each(pairs)('$key: $stronger.0 beats $weaker.0', ({ key, stronger, weaker }) => {
    const [origin, said, value, from] = stronger;
    const settings = settingsOf(together(said, weaker[1]));
    expect(settings.fault).toBeUndefined();
    expect(settings.origins.get(key)).toMatchObject({ value, origin, from });
    if (weaker[2] !== '') expect(settings.origins.get(key)?.overridden[0]?.value).toBe(weaker[2]);
  });

  test('settings hold what the strongest level says', () => {
    const settings = settingsOf({
      flags: { lockTimeoutMs: 1_500 },
      env: { OPS_OUTPUT: 'tsv' },
      user: { timeout: '1h30m', pager: 'less', 'error-format': 'json' },
    });
    expect(settings).toMatchObject({
      lockTimeoutMs: 1_500,
      timeoutMs: 5_400_000,
      output: 'tsv',
      pager: 'less',
      errorFormat: 'json',
      context: 'local',
      dataDir: '/home/ada/.local/share/ops/local',
    });
  });

  test('an empty variable says nothing', () => {
    expect(settingsOf({ env: { OPS_OUTPUT: '', OPS_CONTEXT: '' } }).origins.get('output')?.origin).toBe('default');
  });

  test.each([
    [{ FORCE_COLOR: '1' }, 'always'],
    [{ FORCE_COLOR: '0' }, 'never'],
    [{ CLICOLOR_FORCE: '1' }, 'always'],
    [{ NO_COLOR: '', TERM: 'dumb' }, 'never'],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, 'never'],
    [{ TERM: 'xterm' }, 'auto'],
  ])('colour by %o is %s', (env, expected) => {
    expect(settingsOf({ env }).color).toBe(expected);
  });
});

describe('clusters', () => {
  const lab = { 'current-context': 'lab', contexts: { lab: { cluster: 'kube', kubeconfig: 'lab.yaml' } } } as const;
  test('a kubeconfig named by the context is not replaced by KUBECONFIG', () => {
    expect(settingsOf({ env: { KUBECONFIG: '/other' }, user: lab }).kubeconfig).toBe('/home/ada/.config/ops/lab.yaml');
  });
  test('KUBECONFIG says which file, not whether', () => {
    const settings = settingsOf({ env: { KUBECONFIG: '/a:/b' } });
    expect(settings).toMatchObject({ kubeconfig: '/a:/b', cluster: 'embedded' });
  });
});

describe('tokens', () => {
  const prod = {
    'current-context': 'prod',
    contexts: { prod: { server: 'https://ops.example.com', 'token-file': 'prod.token' } },
  };
  test('the token of a context is used for its server', () => {
    expect(settingsOf({ user: prod }).tokenFile).toBe('/home/ada/.config/ops/prod.token');
  });
  test('the token of a context is not sent to another server', () => {
    const settings = settingsOf({ user: prod, env: { OPS_SERVER: 'https://evil.example.com' } });
    expect(settings).toMatchObject({ server: 'https://evil.example.com', tokenFile: undefined });
  });
  test('tokens and passwords are masked', () => {
    const { origins } = settingsOf({
      env: { OPS_TOKEN: 'opst_1_s3cret', OPS_SERVER: 'https://ada:s3cret@ops.example.com' },
    });
    expect(JSON.stringify([...origins])).not.toContain('s3cret');
    expect(origins.get('server')?.value).toBe('https://ada:********@ops.example.com');
  });
});

describe('prompts', () => {
  test.each([
    [{ terminal: true }, false],
    [{ terminal: false }, true],
    [{ terminal: true, env: { CI: 'true' } }, true],
    [{ terminal: true, flags: { noInput: true } }, true],
  ])('with %o nobody can be asked: %s', (said, expected) => {
    expect(settingsOf(said).noInput).toBe(expected);
  });
});

describe('what is wrong', () => {
  test.each([
    [{ flags: { context: 'prd' } }, 'not_found', 'context "prd" not found', 'did you mean "prod"?'],
    [{ env: { OPS_CONTEXT: 'prd' } }, 'not_found', 'OPS_CONTEXT', 'did you mean "prod"?'],
    [{ user: { 'current-context': 'x', contexts: {} } }, 'not_found', 'config.yaml', 'ops context use NAME'],
    [{ env: { OPS_NOW: 'yesterday' } }, 'usage', 'OPS_NOW: "yesterday"', '2026-03-01T12:00:00Z'],
    [{ env: { OPS_OUTPUT: 'jsn' } }, 'usage', 'OPS_OUTPUT: "jsn"', 'ndjson'],
    [{ env: { OPS_ERROR_FORMAT: 'xml' } }, 'usage', 'OPS_ERROR_FORMAT: "xml"', 'text or json'],
    [{ env: { OPS_SERVER: 'ops.example.com' } }, 'usage', 'OPS_SERVER: "ops.example.com"', 'https://'],
  ] as const)('%o is %s', (said, code, message, hint) => {
    const { fault } = settingsOf({ user: { contexts: { prod: {} } }, ...said });
    expect(fault?.code).toBe(code);
    expect(fault?.message).toContain(message);
    expect(fault?.hint).toContain(hint);
  });
  test('a wrong variable does not hold', () => {
    expect(settingsOf({ env: { OPS_OUTPUT: 'jsn' }, user: { output: 'csv' } }).output).toBe('csv');
  });
  test('OPS_NOW is an instant', () => {
    expect(settingsOf({ env: { OPS_NOW: '2026-03-01T12:00:00Z' } }).now).toEqual(new Date('2026-03-01T12:00:00Z'));
  });
});
