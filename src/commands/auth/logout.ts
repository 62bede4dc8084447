import { Command } from 'commander';
import { isOpsError, OpsError } from '../../base/errors.js';
import type { Context, RemoteServer } from '../../context.js';
import { documented } from '../define.js';
import { demandServer, warnOfOtherCredential } from './server.js';

/** True where the credential in use is a session that lives. */
const hasSession = async (server: RemoteServer): Promise<boolean> => {
  try {
    return (await server.whoAmI()).kind === 'session';
  } catch (error) {
    if (isOpsError(error) && error.code === 'unauthenticated') return false; // it has expired
    throw error;
  }
};

const endSession = async (ctx: Context, server: RemoteServer): Promise<void> => {
  const { status, body } = await server.request({
    method: 'POST',
    path: '/ops/v1/auth/logout',
    headers: { accept: 'application/json' },
    signal: ctx.signal,
  });
  for await (const _ of body) ctx.signal.throwIfAborted(); // read to its end, the connection is free again
  if (status < 300 || status === 401) return;
  throw new OpsError(
    'unavailable',
    `${server.url} answered ${status} to the logout`,
    'the session is forgotten here; there it ends by itself within 12 hours',
  );
};

const run = async (ctx: Context): Promise<void> => {
  const server = await demandServer(ctx);
  if (ctx.settings.dryRun) return ctx.err.note(`dry run: the session of ${server.url} would end`);
  try {
    if (await hasSession(server)) {
      await endSession(ctx, server);
      ctx.err.note(`logged out of ${server.url}`);
    } else ctx.err.note(`there was no session of ${server.url} in use`);
  } finally {
    // Also where the server cannot be reached: whoever leaves wants nothing to stay here.
    await server.keepSession(undefined);
  }
  warnOfOtherCredential(ctx);
};

/** `ops auth logout`: ends the session here and at the server. */
export const authLogoutCommand = (ctx: Context): Command =>
  documented(
    new Command('logout').summary('end the session, here and at the server').action(() => run(ctx)),
    {
      examples: [
        { line: 'ops auth logout', does: 'at the server of the context' },
        { line: 'ops auth logout --server https://ops.example.com', does: 'at this one' },
      ],
      route: 'POST /ops/v1/auth/logout',
      exits: [4, 6, 7],
    },
  );
