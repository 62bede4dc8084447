import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { placesOf, resolvePath, variable } from '../../base/places.js';
import { findProjectFile, textOf } from './read.js';

type Environment = Readonly<Record<string, string | undefined>>;
type Values = Readonly<Record<string, unknown>>;

/** Where commands without flags work; either of them. */
export interface Workplace {
  readonly server: string | undefined;
  readonly dataDir: string;
}

/**
 * What `loadSettings` says about server and data directory, told without its schemas: a Tab has no time to load them.
 * Undefined where anything is out of the ordinary; then `loadSettings` has the word.
 */
export const peekWorkplace = async (env: Environment, cwd: string): Promise<Workplace | undefined> => {
  const home = env.HOME || homedir();
  const paths = { isAbsolute, join: (...parts: readonly string[]) => resolve(...parts) };
  const { configDir, dataHome } = placesOf({ env, cwd, home, paths });
  const projectFile = await findProjectFile(cwd);
  const user = await valuesOf(join(configDir, 'config.yaml'));
  const project = projectFile === undefined ? {} : await valuesOf(projectFile);
  if (!user || !project) return undefined;

  const name = variable(env, 'OPS_CONTEXT') ?? text(user['current-context']) ?? 'local';
  const contexts = map(user.contexts) ?? {};
  const context = Object.hasOwn(contexts, name) ? map(contexts[name]) : name === 'local' ? {} : undefined;
  if (!context) return undefined;

  const given: readonly (readonly [string | undefined, string])[] = [
    [variable(env, 'OPS_DATA_DIR'), cwd],
    [text(project['data-dir']), dirname(projectFile ?? cwd)],
    [text(context['data-dir']), configDir],
    [text(user['data-dir']), configDir],
  ];
  const [dataDir, base] = given.find(([value]) => value !== undefined) ?? [name, dataHome];
  return {
    server: variable(env, 'OPS_SERVER') ?? text(context.server),
    dataDir: resolvePath(dataDir ?? name, base, { home, paths }),
  };
};

const map = (value: unknown): Values | undefined =>
  value === null
    ? {}
    : typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value))
      : undefined;

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The values of a YAML file, {} for one that does not exist; undefined for one that is broken. */
const valuesOf = async (file: string): Promise<Values | undefined> => {
  const content = await textOf(file);
  if (content === undefined) return {};
  const { parseDocument } = await import('yaml');
  const document = parseDocument(content);
  return document.errors.length > 0 ? undefined : map(document.toJS());
};
