import { spawn } from 'node:child_process';
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { constants as os } from 'node:os';
import { delimiter, join } from 'node:path';
import { OpsError } from '../../base/errors.js';

type Environment = Readonly<Record<string, string | undefined>>;

export interface FoundPlugin {
  /** `foo` of `ops-foo`. */
  readonly name: string;
  readonly path: string;
}

const prefix = 'ops-';

/** Executables `ops-*` of PATH, first directory first: of two with one name the first is the one that runs. */
export const pluginsOnPath = (env: Environment): readonly FoundPlugin[] =>
  (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) =>
      namesIn(folder)
        .filter((file) => file.startsWith(prefix) && file.length > prefix.length && isExecutable(join(folder, file)))
        .sort()
        .map((file) => ({ name: file.slice(prefix.length), path: join(folder, file) })),
    );

/** The executable that `ops NAME` runs, looked for without listing any folder. */
export const pluginNamed = (name: string, env: Environment): string | undefined => {
  // A name with a slash would leave the folder; one with a dash at its start is a flag.
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) return undefined;
  return (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, prefix + name))
    .find(isExecutable);
};

/** The environment without our tokens: a plugin is somebody else's program. */
export const pluginEnvironment = (env: Environment): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('OPS_TOKEN')));

/**
 * Runs it with our stdin, stdout and stderr; resolves with its exit code, 128+n where signal n ended it. Throws
 * `unavailable` where it cannot be started.
 */
export const runPlugin = (path: string, args: readonly string[], env: Environment): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(path, [...args], { stdio: 'inherit', env: pluginEnvironment(env) });
    // Ctrl-C reaches the whole foreground group: the plugin decides what it means, and we wait for it.
    const wait = (): undefined => undefined;
    const pass = (): boolean => child.kill('SIGTERM');
    process.on('SIGINT', wait);
    process.on('SIGTERM', pass);
    const done = (): void => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', pass);
    };
    child.on('error', (cause) => {
      done();
      reject(
        new OpsError('unavailable', `plugin ${path} could not be started: ${cause.message}`, 'see `ops plugin list`', {
          cause,
        }),
      );
    });
    child.on('exit', (code, signal) => {
      done();
      resolve(code ?? 128 + (signal === null ? 0 : os.signals[signal]));
    });
  });

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return []; // PATH may name folders that do not exist or may not be read
  }
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false; // absent, or not ours to run: the next folder of PATH may have it
  }
};
