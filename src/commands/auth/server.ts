import { OpsError } from '../../base/errors.js';
import type { Context, RemoteServer } from '../../context.js';

/** The server of this context. Throws `usage` in local mode. */
export const demandServer = async (ctx: Context): Promise<RemoteServer> => {
  const remote = await ctx.remote();
  if (remote) return remote;
  throw new OpsError(
    'usage',
    `context "${ctx.settings.context}" works on this machine: local commands need no login`,
    'name a server with --server URL, or choose a context that has one with `ops context use NAME`',
  );
};

/** Keys whose credential is taken before that of a session, and what they are called. */
const stronger = [
  ['token', 'OPS_TOKEN'],
  ['token-file', 'a token file'],
  ['token-command', 'a token command'],
] as const;

/** Warns where a session is kept but another credential is used. */
export const warnOfOtherCredential = ({ settings, err }: Context): void => {
  const used = stronger.find(([key]) => {
    const origin = settings.origins.get(key);
    return origin !== undefined && origin.origin !== 'default';
  });
  if (!used) return;
  const [key, name] = used;
  const from = settings.origins.get(key)?.from ?? '';
  err.warn(`${name}${from === '' || from === name ? '' : ` (${from})`} is set, and is used before any session`);
};
