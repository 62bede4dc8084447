import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isOpsError, type OpsError } from '../../base/errors.js';
import { placesOf } from '../../base/places.js';
import {
  type Config,
  type ConfigFiles,
  type ConfigFlags,
  type EffectiveSettings,
  type Parsed,
  type ProjectConfig,
  parseConfig,
  parseProjectConfig,
  resolveSettings,
} from '../../core/config/index.js';
import { configFiles } from './files.js';
import { findProjectFile, textOf } from './read.js';

export interface SettingsStart {
  readonly globals: ConfigFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Whether stdin and stderr are terminals. */
  readonly terminal: { readonly stdin: boolean; readonly stderr: boolean };
}

export interface LoadedSettings {
  readonly settings: EffectiveSettings;
  readonly files: ConfigFiles;
  /** Sentences for stderr: token files that others may read. */
  readonly warnings: readonly string[];
}

/**
 * Reads what settings come from; creates nothing. Broken files do not throw: `settings.fault` says what is wrong, and
 * whoever cannot go on with it throws that.
 */
export const loadSettings = async ({ globals, env, cwd, terminal }: SettingsStart): Promise<LoadedSettings> => {
  const surroundings = {
    env,
    cwd,
    home: home(env),
    paths: { isAbsolute, join: (...parts: readonly string[]) => resolve(...parts) },
  };
  const places = placesOf(surroundings);
  const file = join(places.configDir, 'config.yaml');
  const faults: OpsError[] = [];
  const user = await orFault<Config>(faults, async () => {
    const text = await textOf(file);
    return text === undefined ? {} : valuesOf(file, text, parseConfig);
  });
  const projectFile = await findProjectFile(cwd);
  const project = await orFault<ProjectConfig>(faults, async () => {
    const text = projectFile === undefined ? undefined : await textOf(projectFile);
    return projectFile === undefined || text === undefined ? {} : valuesOf(projectFile, text, parseProjectConfig);
  });
  const settings = resolveSettings({
    ...surroundings,
    flags: globals,
    places,
    terminal,
    user: { file, config: user ?? {} },
    project:
      projectFile === undefined
        ? undefined
        : { file: projectFile, folder: dirname(projectFile), config: project ?? {} },
    fault: faults[0],
  });
  return {
    settings,
    files: configFiles({ file, projectFile, lockTimeoutMs: settings.lockTimeoutMs }),
    warnings: settings.tokenFile === undefined ? [] : await looseToken(settings.tokenFile),
  };
};

/** YAML is loaded only where there is some to read: most machines have no config at all. */
const valuesOf = async <T>(file: string, text: string, parse: (value: unknown) => Parsed<T>): Promise<T> => {
  const { readDocument } = await import('./document.js');
  return readDocument(file, text, parse).value;
};

/** `HOME` first, as every shell does; `/` for an account without a home. */
const home = (env: SettingsStart['env']): string => {
  if (env.HOME) return env.HOME;
  try {
    return homedir();
  } catch {
    return '/'; // a container's user without an entry: only what must write breaks
  }
};

const orFault = async <T>(faults: OpsError[], read: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await read();
  } catch (error) {
    if (!isOpsError(error)) throw error;
    faults.push(error);
    return undefined;
  }
};

const looseToken = async (file: string): Promise<readonly string[]> => {
  const facts = await stat(file).catch(() => undefined);
  if (!facts || (facts.mode & 0o077) === 0) return [];
  const mode = (facts.mode & 0o777).toString(8).padStart(4, '0');
  return [`token file ${file} may be read by others (mode ${mode}); correct it with \`chmod 600 ${file}\``];
};
