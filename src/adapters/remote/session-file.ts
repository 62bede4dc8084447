import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OpsError } from '../../base/errors.js';
import { parseServerUrl } from './server-url.js';

/** The session of one server between two commands. */
export interface SessionFile {
  readonly path: string;
  /** Mode 0600, the old token or the new one and never half of one; undefined forgets it. */
  keep(token: string | undefined): Promise<void>;
}

const unkept = (path: string, cause: unknown): OpsError =>
  new OpsError(
    'unavailable',
    `cannot keep the session in ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
    'make the state directory writable, or use an ops token with OPS_TOKEN',
    { cause },
  );

const write = async (path: string, token: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${randomUUID()}.tmp`;
  try {
    const handle = await open(unfinished, 'wx', 0o600);
    try {
      await handle.writeFile(`${token}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
};

/** Where the session of `server` is kept: one file a server, whatever the context is called. */
export const sessionFile = (stateDir: string, server: string): SessionFile => {
  const { shown } = parseServerUrl(server);
  const id = createHash('sha256').update(shown).digest('hex').slice(0, 16);
  const path = join(stateDir, 'sessions', `${id}.token`);
  return {
    path,
    keep: async (token) => {
      try {
        await (token === undefined ? rm(path, { force: true }) : write(path, token));
      } catch (error) {
        throw unkept(path, error);
      }
    },
  };
};
