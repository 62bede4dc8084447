import { expect, test } from 'vitest';
import {
  Config,
  ContextSpec,
  type KeyName,
  keyNames,
  keySpec,
  ProjectConfig,
  parseValue,
} from '../../../src/core/config/index.js';

const examples: Record<KeyName, string> = {
  'current-context': 'local',
  output: 'json',
  'error-format': 'json',
  pager: 'less',
  color: 'never',
  progress: 'plain',
  timeout: '1h',
  'lock-timeout': '0s',
  'data-dir': '/d',
  server: 'https://ops.example.com',
  token: 't',
  'token-file': 't',
  'token-command': 'cat t',
  cluster: 'kube',
  kubeconfig: 'k',
  'kube-context': 'lab',
  'read-only': 'true',
  protected: 'false',
};

// The table says where a key may stand, the schemas decide: they must say the same.
test.each(keyNames)('table and schemas agree on where %s may stand', (key) => {
  const parsed = parseValue(key, examples[key]);
  const value = parsed.ok ? parsed.value : undefined;
  expect(value).toBeDefined();
  const accepted = [
    ProjectConfig.safeParse({ [key]: value }).success ? ['project'] : [],
    ContextSpec.safeParse({ [key]: value }).success ? ['context'] : [],
    Config.safeParse({ [key]: value }).success ? ['user'] : [],
  ].flat();
  expect(accepted).toEqual(keySpec(key).files);
});

test.each(keyNames)('the default of %s is a value of it', (key) => {
  const { default: fallback } = keySpec(key);
  if (fallback !== undefined) expect(parseValue(key, fallback).ok).toBe(true);
});
