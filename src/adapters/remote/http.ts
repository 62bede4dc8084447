import type { Dispatcher } from 'undici';
import type { Clock } from '../../base/clock.js';
import { OpsError } from '../../base/errors.js';
import { errorOfAnswer } from '../../core/query/index.js';
import { curlLine } from './curl.js';
import { networkFault, tooLate } from './network-fault.js';
import { mostTries, pauseMs } from './retry.js';
import type { ServerUrl } from './server-url.js';
import { type Span, spanOf } from './span.js';

export interface HttpCall {
  readonly method: string;
  /** Below the server's base path; begins with `/`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Making it twice is the same as once: it is tried again where the server could not be reached or was busy. */
  readonly idempotent: boolean;
  /** Longest time until the head of the answer, for `whole` until its end. Default 60 s. */
  readonly deadlineMs?: number;
  /** Longest silence within the body. Default 300 s. */
  readonly idleMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** In the place of the context's credential; null for none. */
  readonly credential?: string | null;
}

/** An answer whose body is still to come. Whoever does not read it to its end must `destroy` it. */
export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Complete once the body has been read. */
  trailers(): Readonly<Record<string, string>>;
  /** Errors: the reason of an abort, or what `networkFault` says. */
  readonly body: AsyncIterable<Uint8Array>;
  /** True where somebody wanted it to end. */
  aborted(): boolean;
  destroy(): void;
}

export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** One server over HTTP. No redirect is followed; every status is an answer. */
export interface Http {
  readonly url: ServerUrl;
  stream(call: HttpCall): Promise<HttpAnswer>;
  /** At most 64 MiB. */
  whole(call: HttpCall): Promise<WholeAnswer>;
  close(): Promise<void>;
}

export interface HttpDeps {
  readonly url: ServerUrl;
  readonly dispatcher: Dispatcher;
  readonly credential: () => Promise<string | undefined>;
  readonly showRequest?: ((curlLine: string) => void) | undefined;
  readonly warn: (text: string) => void;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly userAgent: string;
}

const defaultDeadlineMs = 60_000;
const defaultIdleMs = 300_000;
const longestWhole = 64 * 2 ** 20;

type RawHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

const plainHeaders = (raw: RawHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(raw).flatMap(([name, value]): [string, string][] => {
      if (value === undefined) return [];
      return [[name.toLowerCase(), typeof value === 'string' ? value : value.join(', ')]];
    }),
  );

/** Header values are bytes; what is beyond ASCII travels as UTF-8. */
const wireText = (value: string): string => Buffer.from(value, 'utf8').toString('latin1');

const nothing = (): void => undefined;

/** Rejects as soon as the span ends early, also while a connection is still being made. */
const orAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });

const busyStatuses = new Set([429, 502, 503]);

const textOf = async (answer: HttpAnswer, { shown }: ServerUrl): Promise<string> => {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body) {
    bytes += part.length;
    if (bytes > longestWhole)
      throw new OpsError('unavailable', `the answer of ${shown} is longer than 64 MiB`, 'ask for less');
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
};

/** True where the server asks to come again: a budget that was exceeded would be exceeded again. */
const isBusy = (answer: WholeAnswer): boolean =>
  answer.status !== 429 || ['too_many_requests', undefined].includes(errorOfAnswer(answer, '').reason);

const replayed = (answer: HttpAnswer, text: string): HttpAnswer => ({
  ...answer,
  body: (async function* () {
    if (text !== '') yield Buffer.from(text);
  })(),
});

/** HTTP to one server, with the context's credential, deadlines, and retries where they are safe. */
export const httpTo = (deps: HttpDeps): Http => {
  const { url, dispatcher, clock, wait } = deps;
  let warned = false;
  let known: Promise<string | undefined> | undefined;

  const credentialFor = async (call: HttpCall): Promise<string | undefined> => {
    if (call.credential !== undefined) return call.credential ?? undefined;
    known ??= deps.credential();
    return known;
  };

  const warnOnce = (): void => {
    if (warned || url.isTls || url.isLoopback) return;
    warned = true;
    deps.warn(`secrets travel unencrypted to ${url.shown}: everybody on the way can read them; use https`);
  };

  const headersOf = async (call: HttpCall): Promise<Record<string, string>> => {
    const given = Object.fromEntries(
      Object.entries(call.headers ?? {}).map(([name, value]) => [name.toLowerCase(), wireText(value)]),
    );
    const headers: Record<string, string> = { 'user-agent': deps.userAgent, ...given };
    if (headers.authorization === undefined) {
      const credential = await credentialFor(call);
      if (credential !== undefined) headers.authorization = `Bearer ${credential}`;
    }
    if (headers.authorization !== undefined || call.credential === null) warnOnce();
    return headers;
  };

  const attempt = async (call: HttpCall, headers: Record<string, string>, span: Span): Promise<HttpAnswer> => {
    const asked = dispatcher.request({
      origin: url.origin,
      path: url.basePath + call.path,
      method: call.method,
      headers,
      body: call.body ?? null,
      signal: span.signal,
      headersTimeout: call.deadlineMs ?? defaultDeadlineMs,
      bodyTimeout: call.idleMs ?? defaultIdleMs,
    });
    const response = await orAborted(asked, span.signal);
    const { body } = response;
    body.on('error', nothing); // it may fail before anybody reads it
    async function* parts(): AsyncGenerator<Uint8Array> {
      try {
        yield* body;
      } catch (error) {
        throw span.signal.aborted ? span.signal.reason : networkFault(error, url).error;
      } finally {
        span.end();
      }
    }
    return {
      status: response.statusCode,
      headers: plainHeaders(response.headers),
      trailers: () => plainHeaders(response.trailers),
      body: parts(),
      aborted: () => span.signal.aborted,
      destroy: () => {
        span.end();
        body.destroy();
      },
    };
  };

  /** One try; undefined answer where another one is worth making. */
  const once = async (
    asked: HttpCall,
    headers: Record<string, string>,
    { late, mayRepeat }: { readonly late: AbortSignal; readonly mayRepeat: boolean },
  ): Promise<{ readonly answer?: HttpAnswer; readonly retryAfter?: string | undefined }> => {
    const span = spanOf([deps.signal, asked.signal, late]);
    try {
      const answer = await attempt(asked, headers, span);
      if (!mayRepeat || !busyStatuses.has(answer.status)) return { answer };
      const text = await textOf(answer, url);
      return isBusy({ ...answer, text })
        ? { retryAfter: answer.headers['retry-after'] }
        : { answer: replayed(answer, text) };
    } catch (error) {
      span.end();
      if (span.signal.aborted) throw span.signal.reason;
      if (error instanceof OpsError) throw error;
      const fault = networkFault(error, url);
      if (!mayRepeat || !fault.passing) throw fault.error;
      return {};
    }
  };

  /** One try after the other, until there is an answer. `finish` makes of it what the caller wants. */
  const call = async <T>(asked: HttpCall, finish: (answer: HttpAnswer) => Promise<T>): Promise<T> => {
    const deadlineMs = asked.deadlineMs ?? defaultDeadlineMs;
    const late = new AbortController();
    const timer = new AbortController();
    const stop = (): void => {
      for (const signal of [deps.signal, asked.signal, late.signal]) if (signal?.aborted) throw signal.reason;
    };
    stop();
    const headers = await headersOf(asked);
    const { 'user-agent': _ours, ...shown } = headers; // curl has its own
    deps.showRequest?.(
      curlLine({ method: asked.method, url: url.origin + url.basePath + asked.path, headers: shown, body: asked.body }),
    );
    void wait(deadlineMs, timer.signal).then(() => {
      if (!timer.signal.aborted) late.abort(tooLate(url, deadlineMs));
    });
    try {
      for (let tries = 1; ; tries++) {
        const mayRepeat = asked.idempotent && tries < mostTries;
        const { answer, retryAfter } = await once(asked, headers, { late: late.signal, mayRepeat });
        if (answer) return await finish(answer);
        await wait(pauseMs(tries, { retryAfter, now: clock.now(), random: deps.random() }), timer.signal);
        stop();
      }
    } finally {
      timer.abort();
    }
  };

  return {
    url,
    stream: (asked) => call(asked, async (answer) => answer),
    whole: (asked) =>
      call(asked, async (answer) => {
        try {
          return { status: answer.status, headers: answer.headers, text: await textOf(answer, url) };
        } finally {
          answer.destroy();
        }
      }),
    close: () => dispatcher.destroy(),
  };
};
