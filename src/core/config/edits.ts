import { OpsError } from '../../base/errors.js';
import { didYouMean, keyNamed, keyNames, keySpec } from './keys.js';
import { type Config, ContextName, type ContextSpec, type KeyName } from './model.js';
import { parseValue } from './parse-config.js';
import type { ConfigEdit } from './ports.js';
import { unknownContext } from './settings.js';

/** Where `ops config set|unset KEY` writes: a key at the top, or one of a context. */
export interface KeyPlace {
  readonly key: KeyName;
  /** Undefined at the top of the file. */
  readonly context: string | undefined;
  readonly path: readonly string[];
}

/** A key by its name. Throws `not_found` with the nearest. */
export const knownKey = (name: string): KeyName => {
  const key = keyNamed(name);
  if (key) return key;
  throw new OpsError(
    'not_found',
    `there is no key "${name}"`,
    `${didYouMean(name, keyNames)}see the keys that exist with \`ops config list\``,
    { reason: 'unknown_key' },
  );
};

/**
 * The place that a word means: `output`, or `contexts.prod.server`. Throws `not_found` for an unknown key, `usage` for a
 * key that may not stand there.
 */
export const keyPlace = (word: string): KeyPlace => {
  const nested = /^contexts\.(.+)\.([^.]+)$/.exec(word);
  const context = nested?.[1];
  const key = knownKey(nested?.[2] ?? word);
  const { files, expects } = keySpec(key);
  const level = context === undefined ? 'user' : 'context';
  if (files.includes(level)) return { key, context, path: context === undefined ? [key] : ['contexts', context, key] };
  if (files.includes('context'))
    throw new OpsError(
      'usage',
      `"${key}" belongs to a context`,
      `name one: \`ops config set contexts.NAME.${key} VALUE\``,
    );
  throw new OpsError(
    'usage',
    `"${key}" may not stand ${level === 'user' ? 'in a file' : 'in a context'}`,
    key === 'current-context' ? 'use `ops context use NAME`' : expects,
  );
};

/** Throws `usage` for a value that does not fit, `not_found` for a context that does not exist. */
export const setKey = (config: Config, place: KeyPlace, text: string): readonly ConfigEdit[] => {
  const parsed = parseValue(place.key, text);
  if (!parsed.ok)
    throw new OpsError('usage', `${place.path.join('.')}: ${parsed.fault.message}`, parsed.fault.hint, {
      reason: 'bad_setting',
    });
  if (place.key === 'current-context') return useContext(config, text);
  if (place.context !== undefined) contextNamed(config, place.context);
  return [...version(config), { path: place.path, value: parsed.value }];
};

/** Removing what is not there changes nothing. */
export const unsetKey = (config: Config, place: KeyPlace): readonly ConfigEdit[] => {
  if (place.context !== undefined) contextNamed(config, place.context);
  return [{ path: place.path, value: undefined }];
};

/** A context's own settings. `local` exists unwritten. Throws `not_found` with the nearest names. */
export const contextNamed = (config: Config, name: string): ContextSpec => {
  const contexts = config.contexts ?? {};
  const spec = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (spec) return spec;
  if (name === 'local') return {};
  throw unknownContext(name, contexts);
};

/** Every context's name and settings, `local` first where it is not written down. */
export const contextsOf = (config: Config): readonly (readonly [name: string, spec: ContextSpec])[] => {
  const written = Object.entries(config.contexts ?? {});
  return written.some(([name]) => name === 'local') ? written : [['local', {}], ...written];
};

/** A new file begins with its version. */
const version = (config: Config): readonly ConfigEdit[] =>
  Object.keys(config).length === 0 ? [{ path: ['version'], value: 1 }] : [];

export const useContext = (config: Config, name: string): readonly ConfigEdit[] => {
  contextNamed(config, name);
  return [...version(config), { path: ['current-context'], value: name }];
};

/** Throws `conflict` for a name in use, `usage` for one that is no name or for values that do not fit. */
export const createContext = (
  config: Config,
  name: string,
  values: Readonly<Partial<Record<KeyName, string>>>,
): readonly ConfigEdit[] => {
  if (!ContextName.safeParse(name).success)
    throw new OpsError('usage', `"${name}" is not a context name`, keySpec('current-context').expects);
  if (Object.hasOwn(config.contexts ?? {}, name))
    throw new OpsError(
      'conflict',
      `context "${name}" exists already`,
      `change it with \`ops config set contexts.${name}.KEY VALUE\`, or delete it first`,
      { reason: 'context_exists' },
    );
  const spec = Object.entries(values).map(([key, text]): [string, string | boolean] => {
    const parsed = parseValue(knownKey(key), text);
    if (!parsed.ok) throw new OpsError('usage', `--${key}: ${parsed.fault.message}`, parsed.fault.hint);
    return [key, parsed.value];
  });
  return [...version(config), { path: ['contexts', name], value: Object.fromEntries(spec) }];
};

/** Throws `conflict` for the current context, and for `local` where nothing is written of it. */
export const deleteContext = (config: Config, name: string): readonly ConfigEdit[] => {
  contextNamed(config, name);
  if (!Object.hasOwn(config.contexts ?? {}, name))
    throw new OpsError('conflict', `context "${name}" always exists`, 'there is nothing to delete');
  if (name !== 'local' && config['current-context'] === name)
    throw new OpsError(
      'conflict',
      `context "${name}" is the current one`,
      'choose another first: `ops context use local`',
      {
        reason: 'context_in_use',
      },
    );
  return [{ path: ['contexts', name], value: undefined }];
};

/** `embedded`, or a context of the kubeconfig; `kubeconfig` is written down where the user named one. */
export const useCluster = (
  config: Config,
  name: string,
  cluster: { readonly kubeContext: string; readonly kubeconfig: string | undefined } | 'embedded',
): readonly ConfigEdit[] => {
  contextNamed(config, name);
  const at = (key: KeyName, value: string | undefined): ConfigEdit => ({ path: ['contexts', name, key], value });
  const begin = version(config);
  if (cluster === 'embedded') return [...begin, at('cluster', 'embedded'), at('kube-context', undefined)];
  const file = cluster.kubeconfig === undefined ? [] : [at('kubeconfig', cluster.kubeconfig)];
  return [...begin, at('cluster', 'kube'), ...file, at('kube-context', cluster.kubeContext)];
};
