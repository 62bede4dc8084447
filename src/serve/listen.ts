import { isIP } from 'node:net';
import { OpsError } from '../base/errors.js';
import { isLoopback } from './loopback.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where to listen; port 0 takes any. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const bad = (from: string, text: string): OpsError =>
  new OpsError('usage', `${from}: "${text}" is not an address to listen on`, 'write HOST:PORT, e.g. 127.0.0.1:8080', {
    reason: 'bad_setting',
  });

/** `HOST:PORT`, `[IPv6]:PORT`, `:PORT` (loopback) or `PORT`. Throws `usage` naming `from`. */
export const parseListen = (text: string, from: string): ListenAddress => {
  const [, bracketed, host = bracketed, digits] =
    /^(?:(?:\[([0-9a-f:.%]+)\]|([^\s:[\]/]+))?:)?(\d{1,5})$/i.exec(text.trim()) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) throw bad(from, text);
  return { host: host ?? '127.0.0.1', port };
};

/** `--listen` › `OPS_LISTEN` › `KYMA_HTTP_ADDR` › `SERVER_PORT` › 127.0.0.1:8080. */
export const listenAddresses = (flags: readonly string[], env: Environment): readonly ListenAddress[] => {
  if (flags.length > 0) return flags.map((flag) => parseListen(flag, '--listen'));
  for (const name of ['OPS_LISTEN', 'KYMA_HTTP_ADDR'])
    if (env[name])
      return env[name]
        .split(',')
        .map((text) => text.trim())
        .filter((text) => text !== '')
        .map((text) => parseListen(text, name));
  return [env.SERVER_PORT ? parseListen(env.SERVER_PORT, 'SERVER_PORT') : { host: '127.0.0.1', port: 8080 }];
};

export const isLocalAddress = ({ host }: ListenAddress): boolean => host === 'localhost' || isLoopback(host);

/** `http://host:port`, with brackets where the host is IPv6. */
export const urlOf = (
  { host, port }: ListenAddress,
  { tls, basePath }: { readonly tls: boolean; readonly basePath: string },
): string => `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}${basePath}`;

/**
 * Throws `usage` for an address that others reach while some surface that can write asks for no credential; the message
 * names the variables that are missing.
 */
export const checkExposure = (
  addresses: readonly ListenAddress[],
  {
    authOn,
    platformTokens,
    trustProxy,
  }: { readonly authOn: boolean; readonly platformTokens: number; readonly trustProxy?: string | undefined },
): void => {
  if (trustProxy !== undefined && !authOn && platformTokens === 0)
    throw new OpsError(
      'usage',
      'behind a proxy others reach this server, and the query platform would let them write without a credential: KYMA_AUTH_TOKENS is not set',
      'set KYMA_AUTH_TOKENS=TOKEN:admin, or add --auth on',
      { reason: 'open_to_others' },
    );
  const exposed = addresses.find((address) => !isLocalAddress(address));
  if (!exposed || authOn || platformTokens > 0) return;
  throw new OpsError(
    'usage',
    `${exposed.host}:${exposed.port} can be reached by others, and the query platform would let them write without a credential: KYMA_AUTH_TOKENS is not set`,
    'set KYMA_AUTH_TOKENS=TOKEN:admin, or add --auth on, or listen on 127.0.0.1',
    { reason: 'open_to_others' },
  );
};

/** `/ops`, or empty. Throws `usage` for what is no path. */
export const parseBasePath = (text: string | undefined): string => {
  const path = (text ?? '').replace(/\/+$/, '');
  if (path === '' || /^(?:\/[A-Za-z0-9._~-]+)+$/.test(path)) return path;
  throw new OpsError('usage', `--base-path: "${text}" is not a path`, 'write e.g. --base-path /ops');
};

/** Origins of `KYMA_CORS_ALLOWED_ORIGINS`; a list with a mistake allows nobody. */
export const parseOrigins = (
  text: string | undefined,
): { readonly origins: readonly string[]; readonly warning?: string } => {
  const origins = (text ?? '')
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
  const wrong = origins.find((origin) => !isOrigin(origin));
  if (wrong === undefined) return { origins };
  return {
    origins: [],
    warning: `KYMA_CORS_ALLOWED_ORIGINS: "${wrong}" is not an origin such as https://app.example.com: no origin is allowed`,
  };
};

const isOrigin = (text: string): boolean => {
  try {
    return new URL(text).origin === text;
  } catch {
    return false; // no URL at all
  }
};

/** Seconds of `KYMA_SCHEMA_CACHE_TTL_SECS` in milliseconds; 5 s where unset. Throws `usage`. */
export const parseCacheTtl = (text: string | undefined): number => {
  if (text === undefined || text.trim() === '') return 5_000;
  if (/^\d{1,6}$/.test(text.trim())) return Number(text) * 1_000;
  throw new OpsError(
    'usage',
    `KYMA_SCHEMA_CACHE_TTL_SECS: "${text}" is not a number of seconds`,
    'use e.g. 5, or 0 for no cache',
  );
};

const isNetwork = (text: string): boolean => {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
};

/** Networks whose `X-Forwarded-*` headers are believed: a comma list of addresses and CIDRs. Throws `usage`. */
export const parseTrustProxy = (text: string | undefined): string | undefined => {
  const wrong = text?.split(',').find((network) => !isNetwork(network.trim()));
  if (wrong === undefined) return text;
  throw new OpsError('usage', `--trust-proxy: "${wrong}" is no network`, 'write an address or a CIDR, e.g. 10.0.0.0/8');
};
