import { setTimeout as delay } from 'node:timers/promises';
import { credentialOf, openRemote, type Remote, sessionFile } from './adapters/remote/index.js';
import type { Clock } from './base/clock.js';
import { OpsError } from './base/errors.js';
import type { OpenContext } from './context.js';
import type { EffectiveSettings } from './core/config/index.js';
import type { Notes } from './render/index.js';
import { readOnlyIdentity, readOnlyQuery } from './wire-read-only.js';

const wait = async (ms: number, signal?: AbortSignal): Promise<void> => {
  await delay(ms, undefined, { signal }).catch(() => undefined);
};

/** The server of these settings, asked when something is asked of it. */
export const openServer = (
  { globals, env, cwd, streams, controller, version = 'dev' }: Parameters<OpenContext>[0],
  { settings, clock, err, server }: { settings: EffectiveSettings; clock: Clock; err: Notes; server: string },
): Remote => {
  if (globals.tokenStdin && globals.file === '-')
    throw new OpsError('usage', '--token-stdin and -f - both read stdin', 'put one of them into a file');
  const session = sessionFile(settings.stateDir, server);
  const { signal } = controller;
  const opened = openRemote({
    server,
    credential: () =>
      credentialOf({
        tokenStdin: globals.tokenStdin === true,
        readStdin: () => streams.stdin,
        flagFile: globals.tokenFile === undefined ? undefined : settings.tokenFile,
        envToken: env.OPS_TOKEN,
        tokenFile: settings.tokenFile,
        tokenCommand: settings.tokenCommand,
        sessionFile: session.path,
        env,
        cwd,
        wait,
        signal,
      }),
    ...(globals.showRequest && { showRequest: (line: string) => err.raw(`${line}\n`) }),
    clock,
    wait,
    signal,
    version,
    keepSession: session.keep,
    warn: (text) => err.warn(text),
    env,
  });
  if (!settings.readOnly) return opened;
  const { context } = settings;
  return {
    ...opened,
    query: readOnlyQuery(opened.query, context),
    identity: readOnlyIdentity(opened.identity, context),
  };
};
