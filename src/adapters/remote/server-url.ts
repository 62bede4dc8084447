import { OpsError } from '../../base/errors.js';
import { maskSecrets } from '../../core/config/index.js';

/** Where a server is. */
export interface ServerUrl {
  /** Scheme, host and port. */
  readonly origin: string;
  /** What stands before every path: empty, or `/ops`. */
  readonly basePath: string;
  /** Both, for messages; holds no credential. */
  readonly shown: string;
  readonly isTls: boolean;
  /** The server sits on this machine. */
  readonly isLoopback: boolean;
}

const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);

/** Throws `usage` for what is no http(s) URL, and for one that carries a password, a query or a fragment. */
export const parseServerUrl = (text: string): ServerUrl => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new OpsError(
      'usage',
      `server "${maskSecrets(text)}" is no http or https URL`,
      'use e.g. https://ops.example.com',
    );
  if (url.username !== '' || url.password !== '')
    throw new OpsError(
      'usage',
      `the server URL of ${url.host} carries a user name or a password`,
      'take it out of the URL; give a token with --token-file or OPS_TOKEN, or use `ops auth login`',
    );
  if (url.search !== '' || url.hash !== '')
    throw new OpsError(
      'usage',
      `the server URL of ${url.host} has something behind its path`,
      'end the URL with the path, e.g. https://ops.example.com/ops',
    );
  const basePath = url.pathname.replace(/\/+$/, '');
  return {
    origin: url.origin,
    basePath,
    shown: url.origin + basePath,
    isTls: url.protocol === 'https:',
    isLoopback: isLoopbackHost(url.hostname),
  };
};
