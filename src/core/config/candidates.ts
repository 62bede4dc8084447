import { resolvePath, type Surroundings, variable } from '../../base/places.js';
import { keySpec } from './keys.js';
import type { Config, ContextSpec, KeyName, ProjectConfig } from './model.js';

/** Where a value came from, strongest first. */
export const origins = ['flag', 'environment', 'project file', 'context', 'user config', 'default'] as const;
export type Origin = (typeof origins)[number];

/** One answer to the question what a key's value is. */
export interface Candidate {
  readonly value: string;
  readonly origin: Origin;
  /** The flag, variable or file that says so; empty for a default. */
  readonly from: string;
}

/** The global flags that are settings as well; a flag that was not given is absent. */
export interface SettingFlags {
  readonly context?: string;
  readonly output?: string;
  readonly color?: string;
  readonly progress?: string;
  readonly timeoutMs?: number;
  readonly lockTimeoutMs?: number;
  readonly dataDir?: string;
  readonly server?: string;
  readonly tokenFile?: string;
  readonly cluster?: string;
  readonly kubeconfig?: string;
  readonly kubeContext?: string;
}

/** Everything that can say something about a key. */
export interface Sources extends Surroundings {
  readonly flags: SettingFlags;
  readonly user: { readonly file: string; readonly folder: string; readonly config: Config };
  readonly project: { readonly file: string; readonly folder: string; readonly config: ProjectConfig } | undefined;
  readonly context: { readonly name: string; readonly spec: ContextSpec };
}

/** `90s` or `340ms`. */
export const durationText = (ms: number): string => (ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`);

const flagText = (flags: SettingFlags, key: KeyName): string | undefined => {
  const duration = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : durationText(ms));
  const texts: Partial<Record<KeyName, string | undefined>> = {
    'current-context': flags.context,
    output: flags.output,
    color: flags.color,
    progress: flags.progress,
    timeout: duration(flags.timeoutMs),
    'lock-timeout': duration(flags.lockTimeoutMs),
    'data-dir': flags.dataDir,
    server: flags.server,
    'token-file': flags.tokenFile,
    cluster: flags.cluster,
    kubeconfig: flags.kubeconfig,
    'kube-context': flags.kubeContext,
  };
  return texts[key];
};

/** The customs that terminals have for colour, strongest first, as a value of `color`. */
const colourVariable = (env: Surroundings['env']): { readonly value: string; readonly from: string } | undefined => {
  if (variable(env, 'NO_COLOR')) return { value: 'never', from: 'NO_COLOR' };
  for (const from of ['FORCE_COLOR', 'CLICOLOR_FORCE']) {
    const value = variable(env, from);
    if (value) return { value: value === '0' || value === 'false' ? 'never' : 'always', from };
  }
  return env.TERM === 'dumb' ? { value: 'never', from: 'TERM' } : undefined;
};

const environmentSays = (env: Surroundings['env'], key: KeyName): { value: string; from: string } | undefined => {
  if (key === 'color') return colourVariable(env);
  const from = keySpec(key).variable;
  const value = from === undefined ? undefined : variable(env, from);
  return from === undefined || value === undefined ? undefined : { value, from };
};

/**
 * Every answer to what a key's value is, strongest first; the first one holds. Paths are absolute: those of flags and
 * variables are seen from the working directory, those of a file from its folder.
 */
export const candidatesOf = (key: KeyName, sources: Sources): readonly Candidate[] => {
  const { flags, env, cwd, project, context, user } = sources;
  const { type, flag = '', default: fallback } = keySpec(key);
  const found: Candidate[] = [];
  const add = (value: string | boolean | undefined, candidate: Omit<Candidate, 'value'> & { folder: string }): void => {
    if (value === undefined) return;
    const { folder, ...rest } = candidate;
    // KUBECONFIG may be a list of files: it is taken as it is.
    const isPath = type === 'path' && rest.from !== 'KUBECONFIG';
    found.push({ ...rest, value: isPath ? resolvePath(String(value), folder, sources) : String(value) });
  };
  const fromEnvironment = (): void => {
    const said = environmentSays(env, key);
    if (said) add(said.value, { origin: 'environment', from: said.from, folder: cwd });
  };

  add(flagText(flags, key), { origin: 'flag', from: flag, folder: cwd });
  if (key !== 'kubeconfig') fromEnvironment();
  if (project)
    add(valueIn(project.config, key), { origin: 'project file', from: project.file, folder: project.folder });
  const where = `${user.file} (contexts.${context.name})`;
  add(valueIn(context.spec, key), { origin: 'context', from: where, folder: user.folder });
  // A context that names its kubeconfig means that one: a variable of the shell must not send it to another cluster.
  if (key === 'kubeconfig') fromEnvironment();
  add(valueIn(user.config, key), { origin: 'user config', from: user.file, folder: user.folder });
  if (fallback !== undefined) found.push({ value: fallback, origin: 'default', from: '' });
  return found;
};

const valueIn = (values: Config | ContextSpec | ProjectConfig, key: KeyName): string | boolean | undefined => {
  const value = Object.entries(values).find(([name]) => name === key)?.[1];
  return typeof value === 'string' || typeof value === 'boolean' ? value : undefined;
};
