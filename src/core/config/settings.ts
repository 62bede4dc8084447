import { durationMs } from '../../base/duration.js';
import { OpsError } from '../../base/errors.js';
import { type Places, type Surroundings, variable } from '../../base/places.js';
import { rfc3339Instant } from '../../base/time.js';
import { type Candidate, candidatesOf, type SettingFlags, type Sources } from './candidates.js';
import { didYouMean, keyNames, keySpec } from './keys.js';
import { type Config, type ContextSpec, type KeyName, type ProjectConfig, valueSchemas } from './model.js';
import { badValue } from './parse-config.js';
import { masked, maskSecrets } from './secrets.js';

/** The global flags that settings are made of; the rest belongs to the output. */
export interface ConfigFlags extends SettingFlags {
  readonly yes?: boolean;
  readonly confirm?: string;
  readonly dryRun?: boolean;
  readonly noInput?: boolean;
  readonly debug?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly file?: string;
}

/** A key's value, and what else was said about it. Secrets are masked. */
export interface KeyOrigin extends Candidate {
  /** Weaker answers, strongest first. */
  readonly overridden: readonly Candidate[];
}

/** Everything that flags, environment and files add up to. */
export interface EffectiveSettings {
  readonly context: string;
  readonly server: string | undefined;
  readonly dataDir: string;
  readonly configDir: string;
  readonly stateDir: string;
  readonly cacheDir: string;
  readonly readOnly: boolean;
  readonly protected: boolean;
  readonly yes: boolean;
  readonly confirm: string | undefined;
  readonly dryRun: boolean;
  readonly noInput: boolean;
  readonly debug: boolean;
  readonly verbose: boolean;
  readonly quiet: boolean;
  readonly timeoutMs: number | undefined;
  readonly lockTimeoutMs: number;
  readonly file: string | undefined;
  readonly origins: ReadonlyMap<string, KeyOrigin>;
  /** `-o` in effect; undefined = the default of each kind of answer. */
  readonly output: (typeof valueSchemas)['output']['options'][number] | undefined;
  readonly errorFormat: 'text' | 'json';
  readonly pager: string | undefined;
  readonly color: 'auto' | 'always' | 'never';
  readonly progress: 'auto' | 'plain' | 'none';
  readonly cluster: 'embedded' | 'kube';
  readonly kubeconfig: string | undefined;
  readonly kubeContext: string | undefined;
  readonly tokenFile: string | undefined;
  readonly tokenCommand: string | undefined;
  /** `OPS_NOW`. */
  readonly now: Date | undefined;
  /**
   * What is wrong with a file, a variable or the context's name. The settings then hold defaults in its place; only
   * commands that mend settings go on.
   */
  readonly fault: OpsError | undefined;
}

export interface SettingsInput extends Surroundings {
  readonly flags: ConfigFlags;
  readonly places: Places;
  readonly user: { readonly file: string; readonly config: Config };
  readonly project: { readonly file: string; readonly folder: string; readonly config: ProjectConfig } | undefined;
  /** Whether stdin and stderr are terminals. */
  readonly terminal: { readonly stdin: boolean; readonly stderr: boolean };
  /** What was wrong with the files. */
  readonly fault?: OpsError | undefined;
}

/** Pure; never throws: what is wrong is `fault`. */
export const resolveSettings = (input: SettingsInput): EffectiveSettings => {
  const { flags, env, places, terminal } = input;
  const user = { ...input.user, folder: places.configDir };
  const faults: OpsError[] = input.fault ? [input.fault] : [];
  const chosen = chooseContext({ ...input, user, context: { name: 'local', spec: {} } }, faults);
  const sources: Sources = { ...input, user, context: chosen };

  const all = new Map(keyNames.map((key) => [key, candidatesOf(key, sources)]));
  const ownDataDir: Candidate = { value: input.paths.join(places.dataHome, chosen.name), origin: 'default', from: '' };
  all.set('data-dir', [...(all.get('data-dir') ?? []), ownDataDir]);
  withholdToken(all);
  const valid = new Map(keyNames.map((key) => [key, dropInvalid(key, all.get(key) ?? [], faults)]));
  const value = (key: KeyName): string | undefined => valid.get(key)?.[0]?.value;
  const now = fixedNow(variable(env, 'OPS_NOW'), faults);
  const timeout = value('timeout');

  return {
    context: chosen.name,
    server: value('server'),
    dataDir: value('data-dir') ?? ownDataDir.value,
    configDir: places.configDir,
    stateDir: places.stateDir,
    cacheDir: places.cacheDir,
    readOnly: value('read-only') === 'true',
    protected: value('protected') === 'true',
    yes: flags.yes ?? false,
    confirm: flags.confirm,
    dryRun: flags.dryRun ?? false,
    noInput: flags.noInput === true || !terminal.stdin || !terminal.stderr || variable(env, 'CI') !== undefined,
    debug: flags.debug ?? false,
    verbose: flags.verbose ?? false,
    quiet: flags.quiet ?? false,
    timeoutMs: timeout === undefined ? undefined : durationMs(timeout),
    lockTimeoutMs: durationMs(value('lock-timeout') ?? '') ?? 5_000,
    file: flags.file,
    origins: new Map(keyNames.map((key) => [key, originOf(key, valid.get(key) ?? [])])),
    output: valueSchemas.output.safeParse(value('output')).data,
    errorFormat: valueSchemas['error-format'].safeParse(value('error-format')).data ?? 'text',
    pager: value('pager'),
    color: valueSchemas.color.safeParse(value('color')).data ?? 'auto',
    progress: valueSchemas.progress.safeParse(value('progress')).data ?? 'auto',
    cluster: valueSchemas.cluster.safeParse(value('cluster')).data ?? 'embedded',
    kubeconfig: value('kubeconfig'),
    kubeContext: value('kube-context'),
    tokenFile: value('token-file'),
    tokenCommand: value('token-command'),
    now,
    fault: faults[0],
  };
};

/** The context to work in. `local` exists without being written down; any other must be in the config. */
const chooseContext = (sources: Sources, faults: OpsError[]): Sources['context'] => {
  const [candidate] = candidatesOf('current-context', sources);
  const contexts = sources.user.config.contexts ?? {};
  const name = candidate?.value ?? 'local';
  const spec = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (spec) return { name, spec };
  // With a broken file nobody knows which contexts there are.
  if (name !== 'local' && faults.length === 0) faults.push(unknownContext(name, contexts, candidate));
  return { name: 'local', spec: name === 'local' ? {} : (contexts.local ?? {}) };
};

/** `not_found`, with the nearest names. */
export const unknownContext = (
  name: string,
  contexts: Readonly<Record<string, ContextSpec>>,
  candidate?: Candidate,
): OpsError => {
  const said = candidate && candidate.origin !== 'flag' ? ` (from ${candidate.from})` : '';
  const near = didYouMean(name, ['local', ...Object.keys(contexts)]);
  const mend =
    candidate?.origin === 'user config'
      ? 'choose one with `ops context use NAME`'
      : 'see the contexts that exist with `ops context list`';
  return new OpsError('not_found', `context "${name}" not found${said}`, `${near}${mend}`, {
    reason: 'context_not_found',
  });
};

/** The token of a context is for that context's server only: no flag or variable may have it sent elsewhere. */
const withholdToken = (all: Map<KeyName, readonly Candidate[]>): void => {
  const server = all.get('server')?.[0]?.origin;
  if (server === undefined || server === 'context') return;
  for (const key of ['token-file', 'token-command'] as const)
    all.set(
      key,
      (all.get(key) ?? []).filter(({ origin }) => origin !== 'context'),
    );
};

/** Files are checked when they are read, flags when they are parsed; variables are checked here. */
const dropInvalid = (key: KeyName, candidates: readonly Candidate[], faults: OpsError[]): readonly Candidate[] =>
  candidates.filter(({ value, origin, from }) => {
    if (keySpec(key).type === 'boolean' || (origin !== 'environment' && origin !== 'flag')) return true;
    if (valueSchemas[key].safeParse(value).success || key === 'current-context') return true;
    const { message, hint } = badValue(key, value);
    faults.push(new OpsError('usage', `${from}: ${message}`, hint, { reason: 'bad_setting' }));
    return false;
  });

const fixedNow = (text: string | undefined, faults: OpsError[]): Date | undefined => {
  if (text === undefined) return undefined;
  const instant = rfc3339Instant(text);
  if (!instant)
    faults.push(
      new OpsError(
        'usage',
        `OPS_NOW: "${text}" is not an RFC 3339 instant`,
        'use e.g. 2026-03-01T12:00:00Z, or unset it',
        {
          reason: 'bad_setting',
        },
      ),
    );
  return instant;
};

const originOf = (key: KeyName, candidates: readonly Candidate[]): KeyOrigin => {
  const isSecret = keySpec(key).type === 'secret';
  const shown = candidates.map((candidate) => ({
    ...candidate,
    value: isSecret ? masked : maskSecrets(candidate.value),
  }));
  const [winner = { value: '', origin: 'default', from: '' } satisfies Candidate, ...overridden] = shown;
  return { ...winner, overridden };
};
