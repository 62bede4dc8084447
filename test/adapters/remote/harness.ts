import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openRemote, type Remote, type RemoteOptions } from '../../../src/adapters/remote/index.js';
import { manualClock } from '../../../src/base/clock.js';
import type { OpsError } from '../../../src/base/errors.js';

/** A request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Reply = (response: ServerResponse, seen: Seen) => void;

export interface World {
  readonly url: string;
  readonly seen: Seen[];
  readonly shown: string[];
  readonly warned: string[];
  /** Pauses that were asked for, deadlines left out. */
  readonly pauses: number[];
  readonly remote: Remote;
  close(): Promise<void>;
}

export interface WorldOptions extends Partial<RemoteOptions> {
  /** Behind the server's address. */
  readonly basePath?: string;
  /** Waits of this length come to an end by themselves. */
  readonly passing?: (ms: number) => boolean;
}

/** A server that answers the first request with the first reply, and so on; the last one again and again. */
export const world = async (replies: Reply | readonly Reply[], options: WorldOptions = {}): Promise<World> => {
  const list = typeof replies === 'function' ? [replies] : replies;
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const { method = '', url = '', headers } = request;
    const one = { method, path: url, headers, body: Buffer.concat(parts).toString() };
    seen.push(one);
    (list[seen.length - 1] ?? list.at(-1))?.(response, one);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const shown: string[] = [];
  const warned: string[] = [];
  const pauses: number[] = [];
  const { basePath = '', passing = (ms: number) => ms <= 5_000, ...rest } = options;
  const url = `http://127.0.0.1:${port}${basePath}`;
  const remote = openRemote({
    server: url,
    credential: async () => undefined,
    showRequest: (line) => shown.push(line),
    clock: manualClock(new Date('2026-03-01T12:00:00Z')),
    wait: (ms, signal) => {
      if (passing(ms)) {
        pauses.push(ms);
        return Promise.resolve();
      }
      return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    },
    signal: new AbortController().signal,
    version: '1.2.3',
    keepSession: async () => undefined,
    warn: (text) => warned.push(text),
    env: {},
    random: () => 0.5,
    ...rest,
  });
  return {
    url,
    seen,
    shown,
    warned,
    pauses,
    remote,
    close: async () => {
      await remote.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** Answers with this. */
export const says =
  (status: number, body: string | object = '', headers: Record<string, string> = {}): Reply =>
  (response) => {
    const isText = typeof body === 'string';
    response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...headers });
    response.end(isText ? body : JSON.stringify(body));
  };

export const ndjson = 'application/x-ndjson; charset=utf-8';

/** The error that the work ends with. */
export const failure = async (work: Promise<unknown>): Promise<OpsError> =>
  work.then(
    () => Promise.reject(new TypeError('no failure')),
    (error) => error,
  );

export const textOf = async (parts: AsyncIterable<Uint8Array>): Promise<string> => {
  let text = '';
  for await (const part of parts) text += Buffer.from(part).toString();
  return text;
};
