import type { Clock } from '../../base/clock.js';
import type { IdentityService, WhoAmI } from '../../core/identity/index.js';
import type { QueryService } from '../../core/query/index.js';
import { dispatcherTo } from './dispatcher.js';
import { type Http, httpTo } from './http.js';
import { remoteIdentity, whoIs } from './identity.js';
import { remoteQuery } from './query.js';
import { parseServerUrl } from './server-url.js';

export { type CredentialSources, credentialOf } from './credential.js';
export { type SessionFile, sessionFile } from './session-file.js';

export interface RemoteOptions {
  /** http or https; a path in it stands before every route. */
  readonly server: string;
  /** Asked at most once, with the first request that needs it. */
  readonly credential: () => Promise<string | undefined>;
  /** Gets each request as the `curl` line that does the same, secrets masked. */
  readonly showRequest?: (curlLine: string) => void;
  readonly clock: Clock;
  /** Resolves after `ms`, at once when aborted. */
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Ends every request, with its reason. */
  readonly signal: AbortSignal;
  /** Of ops. */
  readonly version: string;
  readonly keepSession: (token: string | undefined) => Promise<void>;
  /** A sentence for stderr: secrets travel unencrypted. Said once. */
  readonly warn?: (text: string) => void;
  /** `HTTPS_PROXY` and `NO_PROXY` are read from it; default the environment of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** In [0, 1); parts clients that try again. */
  readonly random?: () => number;
}

/** One answer of the server, as it came. */
export interface RemoteServerAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** The server itself; the shape that the context promises. */
export interface AskedServer {
  readonly url: string;
  /** Any status is an answer, redirects too. GET and HEAD are tried again where the server was busy or not there. */
  request(call: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Uint8Array;
    readonly signal?: AbortSignal;
  }): Promise<RemoteServerAnswer>;
  whoAmI(): Promise<WhoAmI>;
  keepSession(token: string | undefined): Promise<void>;
}

export interface Remote {
  readonly remote: AskedServer;
  readonly query: QueryService;
  readonly identity: IdentityService;
  /** Ends what is still on its way. */
  close(): Promise<void>;
}

/** As long as the longest query that a server takes by default, and the way there and back. */
const anyRouteMs = 310_000;

const asked = (http: Http, keepSession: RemoteOptions['keepSession']): AskedServer => ({
  url: http.url.shown,
  request: async ({ method, path, headers, body, signal }) => {
    const answer = await http.stream({
      method,
      path,
      ...(headers && { headers }),
      ...(body && { body }),
      idempotent: method === 'GET' || method === 'HEAD',
      deadlineMs: anyRouteMs,
      idleMs: anyRouteMs,
      signal,
    });
    return { status: answer.status, headers: answer.headers, body: answer.body };
  },
  whoAmI: () => whoIs(http),
  keepSession,
});

/**
 * A server in the place of a data directory. Nothing is sent before something is asked. Throws `usage` for a URL or a
 * proxy that is none.
 */
export const openRemote = (options: RemoteOptions): Remote => {
  const { server, credential, showRequest, clock, wait, signal, version, keepSession } = options;
  const url = parseServerUrl(server);
  const http = httpTo({
    url,
    dispatcher: dispatcherTo(url, options.env ?? process.env),
    credential,
    showRequest,
    warn: options.warn ?? (() => undefined),
    clock,
    random: options.random ?? Math.random,
    wait,
    signal,
    userAgent: `ops/${version}`,
  });
  return {
    remote: asked(http, keepSession),
    query: remoteQuery(http, { clock }),
    identity: remoteIdentity(http),
    close: http.close,
  };
};
