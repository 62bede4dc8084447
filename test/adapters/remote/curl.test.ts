import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { curlLine } from '../../../src/adapters/remote/curl.js';

const url = 'https://ops.example.com/v1/query';
const bytes = (text: string): Uint8Array => Buffer.from(text);

test.each([
  [{ method: 'GET', url, headers: {} }, `curl -sS ${url}`],
  [{ method: 'HEAD', url, headers: {} }, `curl -sS -I ${url}`],
  [{ method: 'DELETE', url, headers: {} }, `curl -sS -X DELETE ${url}`],
  [{ method: 'POST', url, headers: {} }, `curl -sS -X POST ${url}`],
  [{ method: 'POST', url, headers: {}, body: bytes('SELECT 1') }, `curl -sS ${url} --data-binary 'SELECT 1'`],
  [{ method: 'POST', url, headers: {}, body: bytes("it's") }, `curl -sS ${url} --data-binary 'it'\\''s'`],
  [{ method: 'POST', url, headers: {}, body: bytes('@file') }, `curl -sS ${url} --data-binary @-`],
  [{ method: 'POST', url, headers: {}, body: bytes('x'.repeat(4_097)) }, `curl -sS ${url} --data-binary @-`],
  [{ method: 'POST', url, headers: {}, body: new Uint8Array([0xff]) }, `curl -sS ${url} --data-binary @-`],
  [
    { method: 'GET', url, headers: { authorization: 'Bearer opst_1_geheim', 'x-database': 'web' } },
    `curl -sS ${url} -H 'authorization: Bearer ***' -H 'x-database: web'`,
  ],
  [{ method: 'GET', url, headers: { authorization: 'geheim' } }, `curl -sS ${url} -H 'authorization: ***'`],
  [
    { method: 'GET', url, headers: { cookie: 'a=geheim', 'x-service-token': 'geheim' } },
    `curl -sS ${url} -H 'cookie: ***' -H 'x-service-token: ***'`,
  ],
  [{ method: 'GET', url: `${url}?token=geheim&a=1`, headers: {} }, `curl -sS '${url}?token=***&a=1'`],
  [
    { method: 'POST', url, headers: {}, body: bytes('{"username":"eve","password":"ge\\"heim"}') },
    `curl -sS ${url} --data-binary '{"username":"eve","password":"***"}'`,
  ],
])('%j', (request, line) => {
  expect(curlLine(request)).toBe(line);
});

test('a shell reads the words as they were meant', () => {
  const body = `SELECT '$HOME', "\`id\`" -- !\n\\ é`;
  const line = curlLine({ method: 'POST', url, headers: {}, body: bytes(body) });
  const words = execFileSync('sh', ['-c', line.replace(/^curl/, `printf '%s\\0'`)], { encoding: 'utf8' });
  expect(words.split('\0')).toEqual(['-sS', url, '--data-binary', body, '']);
});
