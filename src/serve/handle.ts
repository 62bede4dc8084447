import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../base/clock.js';
import { isOpsError, OpsError } from '../base/errors.js';
import { parseInput } from '../base/parse-input.js';
import { queryCodeOf } from '../core/query/index.js';
import type { Principal } from '../core/shared/index.js';
import { asOpsError } from './as-error.js';
import type { Audit } from './audit.js';
import { type AccessRules, bearerOf, demandOf, nobody, principalOf } from './authenticate.js';
import { readBody } from './body.js';
import { badRequest, errorAnswer, forbidden, unsupportedMediaType } from './error-response.js';
import { isLoopback, isLoopbackHost } from './loopback.js';
import type { Metrics } from './metrics.js';
import { type Owner, ownerOf } from './paths.js';
import type { Answer, Call, Route } from './route.js';
import { sendStream } from './send-stream.js';

/** What every request meets. */
export interface Frame {
  readonly access: AccessRules;
  readonly audit: Audit;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Demand a host name of this machine: with no credential needed, a page that renamed itself could ask otherwise. */
  readonly ownHostsOnly: boolean;
  /** Origins whose pages may ask. */
  readonly origins: readonly string[];
  /** Aborts when the server begins to stop, and when it stops for good. */
  readonly stopping: AbortSignal;
  readonly stopped: AbortSignal;
}

/** On every answer. */
export const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** Facts about a request that the log wants when it is over. */
export interface Seen {
  principal: Principal | undefined;
  error: OpsError | undefined;
  bytes: number;
}

const seen = new WeakMap<FastifyRequest, Seen>();

export const seenOf = (request: FastifyRequest): Seen => {
  const known = seen.get(request);
  if (known) return known;
  const fresh: Seen = { principal: undefined, error: undefined, bytes: 0 };
  seen.set(request, fresh);
  return fresh;
};

/** The path as it was asked for, without the query; below a base path as the routes see it. */
export const pathOf = (request: FastifyRequest): string =>
  (request.url.startsWith('/outside/') ? request.originalUrl : request.url).split('?', 1)[0] ?? '/';

/** The first of several: a header that stands twice says two things, and neither is believed. */
const headersOf = (request: FastifyRequest): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') found[name] = value;
  return found;
};

const jsonOf = async (route: Route, call: Pick<Call, 'bytes' | 'contentType'>): Promise<unknown> => {
  const { body } = route;
  if (body?.kind !== 'json') return undefined;
  const type = call.contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  const bytes = await call.bytes();
  if (bytes.length === 0) {
    if (body.optional) return undefined;
    throw badRequest('the body is empty', 'send a JSON object');
  }
  if (type !== '' && type !== 'application/json' && !/^application\/[\w.-]+\+json$/.test(type))
    throw unsupportedMediaType(`content type "${type}" is not JSON`, 'send application/json');
  try {
    return parseInput(body.schema, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), {
      what: 'body',
    });
  } catch (error) {
    if (error instanceof OpsError) throw error;
    throw new OpsError('invalid_data', 'the body is not valid JSON', 'correct it and send it again', {
      reason: 'bad_request_body',
      cause: error,
    });
  }
};

/**
 * A browser sends what any page tells it to. Where no credential is asked for, pages of others are refused: those that
 * renamed themselves to this machine, and those that send across sites.
 */
const checkHost = (request: FastifyRequest, { ownHostsOnly, origins }: Frame): void => {
  if (!ownHostsOnly) return;
  const { origin, host } = request.headers;
  const isOwn = origin === undefined || origins.includes(origin) || origin.replace(/^https?:\/\//, '') === host;
  if (!isOwn || (request.headers['sec-fetch-site'] === 'cross-site' && origin === undefined))
    throw forbidden('a page of another site asks', 'allow its origin with KYMA_CORS_ALLOWED_ORIGINS, or use --auth on');
  if (isLoopbackHost(host)) return;
  throw forbidden(
    `host "${request.headers.host ?? ''}" is not this machine`,
    'ask 127.0.0.1 or localhost, or start the server with --auth on',
  );
};

const words = (schema: Route['params'], value: unknown, what: string): Record<string, unknown> =>
  schema ? parseInput(schema, value, { what }) : {};

interface Asker {
  readonly credential: string | undefined;
  readonly principal: Principal;
}

const whoAsks = async (route: Route, request: FastifyRequest, frame: Frame): Promise<Asker> => {
  // A proxy on this machine speaks for others.
  const loopback = isLoopback(request.socket.remoteAddress ?? '') && request.headers['x-forwarded-for'] === undefined;
  try {
    const credential = bearerOf(request.headers.authorization);
    const principal = await principalOf(frame.access, { owner: route.owner, credential, loopback });
    return { credential, principal };
  } catch (error) {
    // Somebody with an outdated token still gets to the login.
    if (route.demand !== 'open' || !isOpsError(error) || error.code !== 'unauthenticated') throw error;
    return { credential: undefined, principal: { ...nobody, loopback } };
  }
};

const callOf = async (route: Route, request: FastifyRequest, reply: FastifyReply, frame: Frame): Promise<Call> => {
  if (route.demand !== 'open') checkHost(request, frame);
  const headers = headersOf(request);
  const { credential, principal } = await whoAsks(route, request, frame);
  seenOf(request).principal = principal;
  demandOf(route.demand, principal);
  const gone = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort(new OpsError('interrupted', 'the client went away'));
  });
  const maxBytes = route.body && route.body.kind !== 'none' ? route.body.maxBytes : 0;
  const params = words(route.params, request.params, 'path');
  const base = {
    principal,
    requestId: request.id,
    address: request.ip,
    params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)])),
    query: words(route.query, request.query, 'query'),
    headers: words(route.headers, headers, 'headers'),
    contentType: headers['content-type'],
    credential,
    bytes: () => readBody(request.raw, maxBytes),
    signal: AbortSignal.any([gone.signal, frame.stopped]),
    stopping: frame.stopping,
    recheck: async () => demandOf(route.demand, (await whoAsks(route, request, frame)).principal),
  };
  return { ...base, json: await jsonOf(route, base) };
};

const acceptsGzip = (request: FastifyRequest): boolean =>
  String(request.headers['accept-encoding'] ?? '')
    .toLowerCase()
    .split(',')
    .some((word) => {
      const [coding = '', ...rest] = word.split(';').map((part) => part.trim());
      return coding === 'gzip' && !rest.some((part) => /^q=0(?:\.0*)?$/.test(part));
    });

const send = async (
  answer: Answer,
  { request, reply, frame }: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly frame: Frame },
): Promise<void> => {
  const facts = seenOf(request);
  if ('stream' in answer) {
    reply.hijack();
    const headers = Object.fromEntries(
      Object.entries(reply.getHeaders()).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    const gzip = acceptsGzip(request) && !('x-kyma-rows' in answer.headers);
    await sendStream(reply.raw, answer, {
      headers,
      gzip,
      sent: (bytes) => {
        facts.bytes = bytes;
      },
      // Before the response closes: that is when the log is written.
      failed: (error) => {
        facts.error = asOpsError(error);
        if (facts.error.code !== 'interrupted') frame.metrics.error(queryCodeOf(facts.error));
      },
    });
    return;
  }
  reply.code(answer.status).headers(answer.headers ?? {});
  if ('bytes' in answer) {
    facts.bytes = answer.bytes.length;
    await reply
      .type(answer.contentType)
      .send(Buffer.from(answer.bytes.buffer, answer.bytes.byteOffset, answer.bytes.length));
  } else if ('json' in answer) {
    const text = JSON.stringify(answer.json);
    facts.bytes = Buffer.byteLength(text);
    await reply.type('application/json; charset=utf-8').send(text);
  } else await reply.send();
};

/** A client that goes on sending after it was refused may do so for a moment; then the connection ends. */
const lingerMs = 2_000;

const refuseRest = (request: FastifyRequest): void => {
  if (request.raw.complete) return;
  request.raw.resume();
  setTimeout(() => {
    if (!request.raw.complete) request.raw.socket?.destroy();
  }, lingerMs).unref();
};

/** Tells the error in the shape of the path's owner; nothing where the answer has begun already. */
export const sendError = async (
  thrown: unknown,
  { request, reply, frame }: { readonly request: FastifyRequest; readonly reply: FastifyReply; readonly frame: Frame },
): Promise<void> => {
  const error = asOpsError(thrown);
  const facts = seenOf(request);
  facts.error = error;
  if (reply.sent || reply.raw.headersSent) return;
  const path = pathOf(request);
  const owner: Owner = ownerOf(path);
  const answer = errorAnswer(error, owner, { requestId: request.id, path, at: frame.clock.now() });
  if (error.code !== 'interrupted') frame.metrics.error(answer.code);
  refuseRest(request);
  const text = JSON.stringify(answer.json);
  facts.bytes = Buffer.byteLength(text);
  // Refusals of the router itself come before the hook that sets these.
  reply.headers({ 'x-request-id': request.id, ...securityHeaders });
  await reply.code(answer.status).headers(answer.headers).type('application/json; charset=utf-8').send(text);
};

/** One request from its words to its answer. */
export const handle =
  (route: Route, frame: Frame) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    try {
      const call = await callOf(route, request, reply, frame);
      await send(await route.handle(call), { request, reply, frame });
    } catch (thrown) {
      await sendError(thrown, { request, reply, frame });
    }
    return reply;
  };
