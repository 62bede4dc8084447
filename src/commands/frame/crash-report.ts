import { mkdir, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';

export interface Crash {
  readonly error: unknown;
  readonly argv: readonly string[];
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly at: Date;
}

/** Where crash reports go: `$XDG_STATE_HOME/ops`, a relative value ignored; undefined without a home. */
export const stateDirectory = (env: Crash['env']): string | undefined => {
  const { XDG_STATE_HOME: state, HOME: home } = env;
  if (state !== undefined && isAbsolute(state)) return join(state, 'ops');
  return home === undefined || home === '' ? undefined : join(home, '.local', 'state', 'ops');
};

/** What a maintainer needs to find the bug; no environment, since that holds secrets. */
export const crashText = ({ error, argv, version, at }: Crash): string =>
  [
    `ops ${version}, Node.js ${process.versions.node}, ${process.platform} ${process.arch}`,
    `at ${at.toISOString()}`,
    `command line: ${JSON.stringify(argv)}`,
    '',
    stackOf(error),
    '',
  ].join('\n');

/** The stack with its causes, as `--debug` prints it. */
export const stackOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause === undefined ? stack : `${stack}\ncaused by: ${stackOf(error.cause)}`;
};

/** Writes the report (mode 0600) and returns its path; undefined where it cannot be written, which is no error. */
export const writeCrashReport = async (crash: Crash): Promise<string | undefined> => {
  const folder = stateDirectory(crash.env);
  if (folder === undefined) return undefined;
  const stamp = crash.at.toISOString().replace(/[:.]/g, '-');
  const path = join(folder, `crash-${stamp}-${process.pid}.txt`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(path, crashText(crash), { mode: 0o600 });
    return path;
  } catch {
    return undefined; // an unwritable home breaks only what must write
  }
};
