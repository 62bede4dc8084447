import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { OpsError } from '../../base/errors.js';
import { maskSecrets } from '../../core/config/index.js';
import type { ServerUrl } from './server-url.js';

type Environment = Readonly<Record<string, string | undefined>>;

const tuning = {
  connect: { timeout: 10_000 },
  connections: 64,
  pipelining: 1,
  keepAliveTimeout: 10_000,
  keepAliveMaxTimeout: 60_000,
  maxHeaderSize: 32 * 1_024,
} as const;

const either = (env: Environment, lower: string, upper: string): string | undefined =>
  env[lower] || env[upper] || undefined;

/** A proxy may be written without its scheme. */
const proxyUrl = (text: string): string => (/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);

/**
 * The connections to one server. Goes through the proxy of `HTTPS_PROXY` where that is set, `NO_PROXY` does not name
 * the host, and the server is asked over TLS on another machine. Throws `usage` for a proxy that is no URL.
 */
export const dispatcherTo = (server: ServerUrl, env: Environment): Dispatcher => {
  const proxy = either(env, 'https_proxy', 'HTTPS_PROXY');
  if (proxy === undefined || !server.isTls || server.isLoopback) return new Agent(tuning);
  try {
    return new EnvHttpProxyAgent({
      ...tuning,
      httpProxy: '', // or the variable would be read
      httpsProxy: proxyUrl(proxy),
      noProxy: either(env, 'no_proxy', 'NO_PROXY') ?? '',
    });
  } catch (cause) {
    throw new OpsError(
      'usage',
      `HTTPS_PROXY: "${maskSecrets(proxy)}" is no URL of a proxy`,
      'use e.g. http://proxy.example.com:3128, or unset it',
      {
        cause,
      },
    );
  }
};
