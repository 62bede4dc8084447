import { describe, expect, test } from 'vitest';
import {
  checkExposure,
  listenAddresses,
  parseBasePath,
  parseCacheTtl,
  parseOrigins,
  parseTrustProxy,
  urlOf,
} from '../../src/serve/index.js';

describe('where to listen', () => {
  test.each<[string, string[], Readonly<Record<string, string>>, string[]]>([
    ['the default', [], {}, ['127.0.0.1:8080']],
    ['a port alone is loopback', ['9000'], {}, ['127.0.0.1:9000']],
    ['a colon and a port as well', [':9000'], {}, ['127.0.0.1:9000']],
    ['several', ['127.0.0.1:1', '[::1]:2'], {}, ['127.0.0.1:1', '::1:2']],
    ['the flag beats the variables', ['127.0.0.1:1'], { OPS_LISTEN: '127.0.0.1:2' }, ['127.0.0.1:1']],
    ['OPS_LISTEN beats KYMA_HTTP_ADDR', [], { OPS_LISTEN: 'a:1,b:2', KYMA_HTTP_ADDR: 'c:3' }, ['a:1', 'b:2']],
    ['KYMA_HTTP_ADDR beats SERVER_PORT', [], { KYMA_HTTP_ADDR: '0.0.0.0:3', SERVER_PORT: '4' }, ['0.0.0.0:3']],
    ['SERVER_PORT', [], { SERVER_PORT: '4' }, ['127.0.0.1:4']],
  ])('%s', (_, flags, env, expected) => {
    expect(listenAddresses(flags, env).map(({ host, port }) => `${host}:${port}`)).toEqual(expected);
  });

  test.each(['', 'localhost', '127.0.0.1:99999', 'http://a:1', 'a b:1', '::1:80'])('"%s" is no address', (text) => {
    expect(() => listenAddresses([text], {})).toThrow(/--listen: .* is not an address/);
  });
});

describe('an address that others reach', () => {
  const open = { authOn: false, platformTokens: 0 };

  test.each(['0.0.0.0', '::', '10.0.0.7', 'ops.example.com'])('%s is refused while a surface is open', (host) => {
    expect(() => checkExposure([{ host, port: 1 }], open)).toThrow(/KYMA_AUTH_TOKENS is not set/);
  });

  test.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('%s is this machine', (host) => {
    expect(() => checkExposure([{ host, port: 1 }], open)).not.toThrow();
  });

  test('so is a proxy that brings others', () => {
    const behind = { ...open, trustProxy: '10.0.0.0/8' };
    expect(() => checkExposure([{ host: '127.0.0.1', port: 1 }], behind)).toThrow(/behind a proxy/);
    expect(() => checkExposure([{ host: '127.0.0.1', port: 1 }], { ...behind, authOn: true })).not.toThrow();
  });

  test('is allowed where a credential is demanded', () => {
    expect(() => checkExposure([{ host: '::', port: 1 }], { ...open, authOn: true })).not.toThrow();
    expect(() => checkExposure([{ host: '::', port: 1 }], { ...open, platformTokens: 1 })).not.toThrow();
  });
});

test('IPv6 gets its brackets in a URL', () => {
  expect(urlOf({ host: '::1', port: 8443 }, { tls: true, basePath: '/ops' })).toBe('https://[::1]:8443/ops');
});

test.each([
  [undefined, ''],
  ['/', ''],
  ['/ops', '/ops'],
  ['/a/b/', '/a/b'],
])('base path %s', (text, expected) => {
  expect(parseBasePath(text)).toBe(expected);
});

test.each(['ops', '/a//b', '/a?b', '/a b'])('base path "%s" is refused', (text) => {
  expect(() => parseBasePath(text)).toThrow(/--base-path/);
});

test('a list of origins with a mistake allows nobody, and says so', () => {
  expect(parseOrigins('https://a.example, http://b.example:81')).toEqual({
    origins: ['https://a.example', 'http://b.example:81'],
  });
  expect(parseOrigins('https://a.example, *')).toMatchObject({ origins: [], warning: expect.stringContaining('"*"') });
  expect(parseOrigins(undefined)).toEqual({ origins: [] });
});

test('the schema cache', () => {
  expect(parseCacheTtl(undefined)).toBe(5_000);
  expect(parseCacheTtl('0')).toBe(0);
  expect(() => parseCacheTtl('soon')).toThrow(/KYMA_SCHEMA_CACHE_TTL_SECS/);
});

test.each(['10.0.0.0/8', '127.0.0.1', '::1,fc00::/7', 'loopback'])('proxies %s are understood', (text) => {
  expect(parseTrustProxy(text)).toBe(text);
});

test.each(['everyone', '10.0.0.0/99', '10.0.0.256'])('proxies %s are refused', (text) => {
  expect(() => parseTrustProxy(text)).toThrow(/--trust-proxy/);
});
