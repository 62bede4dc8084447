import type { z } from 'zod';
import { didYouMean, keyNamed, keyNames, keySpec } from './keys.js';
import { Config, ContextSpec, type KeyName, ProjectConfig, valueSchemas } from './model.js';
import { maskSecrets } from './secrets.js';

/** A mistake in a config file: where it stands, what is wrong, what to do. */
export interface ConfigFault {
  /** Keys from the top; empty for the file as a whole. */
  readonly path: readonly string[];
  readonly message: string;
  readonly hint: string;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: ConfigFault };

/** Keys that a project must not decide for whoever checks it out. */
const refusedInProjects = new Set<string>([
  ...keyNames.filter((key) => !keySpec(key).files.includes('project')),
  'contexts',
  'plugins',
  'tokens',
]);

/** What stands in config.yaml; an empty file is an empty config. */
export const parseConfig = (value: unknown): Parsed<Config> => parsed(Config, value, userKeyFault);

/** What stands in `.ops.yaml`. Server, cluster, tokens, plugins and pager are refused. */
export const parseProjectConfig = (value: unknown): Parsed<ProjectConfig> =>
  parsed(ProjectConfig, value, projectKeyFault);

type KeyFault = (key: string, within: readonly string[]) => Omit<ConfigFault, 'path'>;

const parsed = <Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  keyFault: KeyFault,
): Parsed<z.infer<Schema>> => {
  const result = schema.safeParse(value ?? {});
  if (result.success) return { ok: true, value: result.data };
  const issue = result.error.issues[0];
  const path = (issue?.path ?? []).map(String);
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    return { ok: false, fault: { path: [...path, key], ...keyFault(key, path) } };
  }
  return { ok: false, fault: { path, ...valueFault(path, at(value, path)) } };
};

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? Object.entries(inner).find(([k]) => k === key)?.[1] : undefined,
    value,
  );

/** The value as a user would recognise it, cut where it is long. */
const quoted = (value: unknown): string => {
  if (value === null || value === undefined) return 'nothing';
  const text =
    typeof value === 'string'
      ? value
      : JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v));
  return `"${maskSecrets(text.length > 60 ? `${text.slice(0, 59)}…` : text)}"`;
};

const nouns = {
  choice: 'one of its values',
  duration: 'a duration',
  path: 'a path',
  text: 'a text',
  url: 'an http or https address',
  boolean: 'true or false',
  name: 'a context name',
  secret: 'a text',
} as const;

/** What is wrong with a value of this key. */
export const badValue = (key: KeyName, value: unknown): Omit<ConfigFault, 'path'> => {
  const { type, expects } = keySpec(key);
  return { message: `${type === 'secret' ? masked(value) : quoted(value)} is not ${nouns[type]}`, hint: expects };
};
const masked = (value: unknown): string => (typeof value === 'string' ? 'the value' : quoted(value));

const valueFault = (path: readonly string[], value: unknown): Omit<ConfigFault, 'path'> => {
  const [first, second] = path;
  const last = path.at(-1) ?? '';
  if (path.length === 0) return { message: 'is not a map of keys and values', hint: 'write one `key: value` per line' };
  if (first === 'version')
    return {
      message: `${quoted(value)} is not a version that this ops knows`,
      hint: 'write `version: 1`, or use a newer ops',
    };
  if (first === 'contexts' && path.length === 1)
    return { message: 'is not a map of contexts', hint: 'write `contexts: { NAME: {} }`' };
  if (first === 'contexts' && path.length === 2)
    return ContextSpec.safeParse(value).success
      ? { message: `"${second}" is not a context name`, hint: keySpec('current-context').expects }
      : { message: 'is not a map of keys and values', hint: `write \`${second}: {}\`` };
  const key = keyNamed(last);
  return key === undefined
    ? { message: `${quoted(value)} does not fit`, hint: 'see `ops config list`' }
    : badValue(key, value);
};

const userKeyFault: KeyFault = (key, within) => {
  const level = within.length === 0 ? 'user' : 'context';
  const allowed = keyNames.filter((name) => keySpec(name).files.includes(level));
  const known = keyNamed(key);
  if (key === 'token')
    return {
      message: 'a token may not stand in this file',
      hint: 'write it to a file of mode 0600 and name that with `token-file`',
    };
  if (known && level === 'user')
    return {
      message: 'belongs to a context',
      hint: `move it below \`contexts\`: \`ops config set contexts.NAME.${key} VALUE\``,
    };
  const names = level === 'user' ? ['version', 'contexts', ...allowed] : allowed;
  return { message: 'unknown key', hint: `${didYouMean(key, names)}the keys are ${names.join(', ')}` };
};

const projectKeyFault: KeyFault = (key) => {
  if (refusedInProjects.has(key))
    return {
      message: 'may not be set by a project file',
      hint: 'remove it from the file; each user sets it with `ops config set` or `ops context create`',
    };
  const names = ['version', ...keyNames.filter((name) => !refusedInProjects.has(name))];
  return { message: 'unknown key', hint: `${didYouMean(key, names)}the keys are ${names.join(', ')}` };
};

/**
 * The value that a text means for a key, as it is written to a file.
 *
 * @example parseValue('read-only', 'true') // { ok: true, value: true }
 */
export const parseValue = (key: KeyName, text: string): Parsed<string | boolean> => {
  const isFlag = keySpec(key).type === 'boolean';
  const value = isFlag && (text === 'true' || text === 'false') ? text === 'true' : text;
  const result = valueSchemas[key].safeParse(value);
  return result.success
    ? { ok: true, value: result.data }
    : { ok: false, fault: { path: [key], ...badValue(key, text) } };
};
