import { createServer as createHttp, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, isIP, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import compress from '@fastify/compress';
import cors from '@fastify/cors';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { OpsError } from '../base/errors.js';
import type { Context, RemoteServer } from '../context.js';
import type { PlatformToken } from '../core/query/index.js';
import { localPrincipal } from '../core/shared/index.js';
import { type AccessEntry, logLines } from './access-log.js';
import { asError, asOpsError } from './as-error.js';
import { httpAudit } from './audit.js';
import { badRequest, unsupportedMediaType } from './error-response.js';
import { type Frame, handle, pathOf, securityHeaders, seenOf, sendError } from './handle.js';
import { type Metrics, serverMetrics } from './metrics.js';
import { noSuchRoute } from './not-found.js';
import { ownerOf } from './paths.js';
import { requestId } from './request-id.js';
import type { Route } from './route.js';
import { allRoutes } from './routes.js';

/** The parts of the Context that the server works with. */
type ServerContext = Pick<Context, 'query' | 'identity' | 'events' | 'clock' | 'newId'>;

export interface ServerOptions {
  readonly version: string;
  readonly platformTokens: readonly PlatformToken[];
  /** True where every surface that can write demands a credential. */
  readonly authOn: boolean;
  /** Requests come from this very process and act as `local`. */
  readonly inProcess?: boolean;
  /** Addresses or networks whose `X-Forwarded-*` headers are believed. */
  readonly trustProxy?: string | undefined;
  /** Begins with `/`, does not end with one; empty for none. */
  readonly basePath: string;
  readonly corsOrigins: readonly string[];
  readonly schemaCacheMs: number;
  readonly tls?: { readonly cert: Uint8Array; readonly key: Uint8Array } | undefined;
  /** Access log; without it nothing is logged. */
  readonly log?: { readonly format: 'text' | 'json'; readonly write: (line: string) => void } | undefined;
  /** Detail of a bug, for the operator. */
  readonly report: (error: unknown, requestId: string) => void;
}

export interface OpsServer {
  readonly metrics: Metrics;
  readonly routes: readonly Route[];
  /** Opens a port; `conflict` where it is taken. Resolves with the port, which is a free one for 0. */
  listen(address: { readonly host: string; readonly port: number }): Promise<number>;
  request: RemoteServer['request'];
  /** Takes nothing new, lets requests in flight finish for so long, then ends them. */
  close(graceMs: number): Promise<void>;
}

const maxHeaderBytes = 32 << 10;
/** A client has this long to send its headers, and its whole request. */
const headersMs = 15_000;
const requestMs = 300_000;
const keepAliveMs = 65_000;

/** Errors of the HTTP parser: there is no request to answer, only a socket. */
const refuseSocket = (error: Error & { code?: string }, socket: Socket, newId: () => string): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'bad_request', `the headers are longer than ${maxHeaderBytes} bytes`]
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'bad_request', 'the request did not arrive in time']
        : ['400 Bad Request', 'bad_request', 'this is no valid HTTP request'];
  const id = newId();
  const body = JSON.stringify({ error: { code, message, request_id: id } });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nX-Request-ID: ${id}\r\nConnection: close\r\n\r\n${body}`,
  );
};

/** Fastify's own refusals in our words. */
const frameworkError = (thrown: unknown): OpsError => {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (code.startsWith('FST_ERR_CTP_')) return unsupportedMediaType('the content type is not understood', 'correct it');
  if (code === 'FST_ERR_BAD_URL') return badRequest('the path is not a valid URL', 'percent-encode what is special');
  if (code.startsWith('FST_ERR_')) return badRequest(asError(thrown).message);
  return asOpsError(thrown);
};

const makeApp = (
  ctx: ServerContext,
  options: ServerOptions,
  { frame, routes }: { readonly frame: Frame; readonly routes: readonly Route[] },
): FastifyInstance => {
  const { basePath, log } = options;
  const app = fastify({
    logger: false,
    genReqId: (request) => requestId(request.headers['x-request-id'], ctx.newId),
    requestIdHeader: false,
    trustProxy: options.trustProxy ?? false,
    bodyLimit: 64 << 20,
    routerOptions: { maxParamLength: 1_024, ignoreTrailingSlash: false },
    frameworkErrors: (error, request, reply) => void sendError(frameworkError(error), { request, reply, frame }),
    ...(basePath !== '' && {
      rewriteUrl: (request: IncomingMessage) => {
        const url = request.url ?? '/';
        if (url === basePath) return '/';
        if (url.startsWith(`${basePath}?`)) return `/${url.slice(basePath.length)}`;
        return url.startsWith(`${basePath}/`) ? url.slice(basePath.length) : `/outside${url}`;
      },
    }),
  });
  app.removeAllContentTypeParsers();
  // Bodies are read by the routes, each with its own limit.
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.addHook('onRequest', async (request, reply) => {
    frame.metrics.inFlight(1);
    reply.headers({ 'x-request-id': request.id, ...securityHeaders });
    if (options.tls) reply.header('strict-transport-security', 'max-age=31536000');
    const startedMs = performance.now();
    let over = false;
    // Both: a client that goes away leaves no `finish`.
    for (const event of ['finish', 'close'])
      reply.raw.once(event, () => {
        if (over) return;
        over = true;
        frame.metrics.inFlight(-1);
        const status = reply.raw.headersSent ? reply.raw.statusCode : 499;
        record(request, { status, ms: performance.now() - startedMs });
      });
  });
  const byPath = new Map(routes.map((route) => [`${route.method} ${fastifyPath(route.path)}`, route]));

  const record = (request: FastifyRequest, { status, ms }: { readonly status: number; readonly ms: number }): void => {
    const { principal, error, bytes } = seenOf(request);
    const pattern = request.routeOptions.url ?? 'unknown';
    const { method } = request;
    frame.metrics.request({ method: knownMethod(method), route: pattern, status, seconds: ms / 1_000 });
    const route = byPath.get(`${method} ${pattern}`);
    const path = pathOf(request);
    const who = principal ?? { kind: 'anonymous', name: 'anonymous', grants: {} };
    if (route && route.method !== 'GET' && !route.readOnly)
      frame.audit.record({
        principal: who,
        method,
        path,
        status,
        requestId: request.id,
        address: addressOf(request),
        target: targetOf(request),
      });
    if (error?.code === 'internal' && error.reason === undefined) options.report(error.cause ?? error, request.id);
    if (!log) return;
    const entry: AccessEntry = {
      at: ctx.clock.now(),
      method,
      path,
      status,
      ms,
      bytes,
      address: addressOf(request),
      principal: who.name,
      requestId: request.id,
      error: error && error.code !== 'interrupted' ? error.message : undefined,
    };
    log.write(`${logLines[log.format](entry)}\n`);
  };

  app.register(compress, { encodings: ['gzip'], threshold: 1_024, customTypes: /json|text|openmetrics/ });
  if (options.corsOrigins.length > 0)
    app.register(cors, {
      delegator: (request, done) =>
        done(null, {
          origin: ownerOf(pathOf(request as FastifyRequest)) === 'query' ? [...options.corsOrigins] : false,
          methods: ['GET', 'POST', 'PATCH', 'DELETE'],
          exposedHeaders: [
            'X-Request-ID',
            'X-Kyma-Rows',
            'X-Kyma-Bytes-Scanned',
            'X-Kyma-Elapsed-Ms',
            'X-Kyma-Budget-Limit',
            'X-Kyma-Error',
            'X-Ops-Columns',
            'X-Ops-Hint',
            'X-Ops-Error-At',
            'Retry-After',
          ],
          strictPreflight: false,
          maxAge: 600,
        }),
    });
  // One encapsulated plugin per owner: nobody's hooks reach another's paths.
  for (const owner of new Set(routes.map((route) => route.owner)))
    app.register(async (scope) => {
      for (const route of routes.filter((one) => one.owner === owner))
        scope.route({ method: route.method, url: fastifyPath(route.path), handler: handle(route, frame) });
    });
  app.setNotFoundHandler((request, reply) =>
    sendError(noSuchRoute(routes, request.method, pathOf(request)), { request, reply, frame }),
  );
  app.setErrorHandler((error, request, reply) => {
    const isRoute = request.routeOptions.url !== undefined;
    const told = isRoute ? frameworkError(error) : noSuchRoute(routes, request.method, pathOf(request));
    return sendError(told, { request, reply, frame });
  });
  return app;
};

/** What a header claims to be an address may be anything. */
const addressOf = ({ ip, socket }: FastifyRequest): string => (isIP(ip) === 0 ? (socket.remoteAddress ?? '') : ip);

/** Where an ingest goes stands in its headers. */
const targetOf = ({ headers }: FastifyRequest): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [
      ['database', headers['x-database']],
      ['table', headers['x-table']],
    ].flatMap(([name, value]) =>
      typeof name === 'string' && typeof value === 'string' ? [[name, value.slice(0, 128)]] : [],
    ),
  );

const secured = (settings: Parameters<typeof createHttps>[0], listener: RequestListener): Server => {
  try {
    return createHttps(settings, listener);
  } catch (error) {
    throw new OpsError(
      'invalid_data',
      `--tls-cert and --tls-key cannot be used: ${asError(error).message}`,
      'give the certificate chain and the key that belongs to it, both PEM',
      { cause: error },
    );
  }
};

const fastifyPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const knownMethod = (method: string): string => (methods.has(method) ? method : 'other');

const portTaken = (host: string, port: number, error: Error & { code?: string }): OpsError => {
  const where = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (error.code === 'EADDRINUSE')
    return new OpsError(
      'conflict',
      `${where} is taken: another program listens there`,
      'choose another with --listen',
      {
        cause: error,
      },
    );
  const why = error.code === 'EACCES' ? 'this user may not open it' : (error.code ?? error.message);
  return new OpsError('unavailable', `cannot listen on ${where}: ${why}`, 'choose another with --listen', {
    cause: error,
  });
};

/** The server: every documented route over the services of `ctx`. Nothing is opened before `listen`. */
export const createServer = async (ctx: ServerContext, options: ServerOptions): Promise<OpsServer> => {
  const metrics = serverMetrics(options.version);
  const stop = new AbortController();
  const stopping = new AbortController();
  const audit = httpAudit({
    events: ctx.events,
    clock: ctx.clock,
    failed: (error) => options.report(error, 'audit'),
  });
  const frame: Frame = {
    access: {
      identity: ctx.identity,
      platformTokens: options.platformTokens,
      authOn: options.authOn,
      everybody: options.inProcess ? localPrincipal : undefined,
    },
    audit,
    metrics,
    clock: ctx.clock,
    ownHostsOnly: !options.authOn && options.platformTokens.length === 0 && !options.inProcess,
    origins: options.corsOrigins,
    stopping: stopping.signal,
    stopped: stop.signal,
  };
  const routes = allRoutes(ctx, { ...options, metrics });
  const app = makeApp(ctx, options, { frame, routes });
  await app.ready();

  const servers = new Set<Server>();
  let closing = false;
  const listener: RequestListener = (request, response) => {
    if (closing) response.setHeader('connection', 'close');
    app.routing(request, response);
  };
  const settings = {
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: 2_000,
    noDelay: true,
  };
  const newHttp = (): Server => {
    const { tls } = options;
    const server = tls
      ? secured(
          { ...settings, cert: Buffer.from(tls.cert), key: Buffer.from(tls.key), minVersion: 'TLSv1.2' },
          listener,
        )
      : createHttp(settings, listener);
    server.on('clientError', (error, socket) => refuseSocket(error, socket as Socket, ctx.newId));
    return server;
  };

  return {
    metrics,
    routes,
    listen: ({ host, port }) =>
      new Promise((resolve, reject) => {
        const server = newHttp();
        server.once('error', (error) => reject(portTaken(host, port, error)));
        server.listen({ host, port, backlog: 1_024 }, () => {
          servers.add(server);
          resolve((server.address() as AddressInfo).port);
        });
      }),
    request: inject(app),
    close: async (graceMs) => {
      closing = true;
      stopping.abort(new OpsError('unavailable', 'the server stops', 'ask again in a moment'));
      const ended = [...servers].map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
      const idle = setInterval(() => {
        for (const server of servers) server.closeIdleConnections();
      }, 50);
      const late = setTimeout(() => {
        stop.abort(new OpsError('interrupted', 'the server stops'));
        // Those who still get rows learn that they will get no more.
        setTimeout(() => {
          for (const server of servers) server.closeAllConnections();
        }, 500).unref();
      }, graceMs);
      await Promise.all(ended);
      clearInterval(idle);
      clearTimeout(late);
      stop.abort(new OpsError('interrupted', 'the server stops'));
      await app.close();
      await audit.close();
    },
  };
};

/** Any route without a port; the answer's rows are streamed. */
const inject =
  (app: FastifyInstance): RemoteServer['request'] =>
  async ({ method, path, headers = {}, body, signal }) => {
    const answer = await app.inject({
      method: method as 'GET',
      url: path,
      headers: { host: 'localhost', ...headers },
      ...(body && { payload: Buffer.from(body.buffer, body.byteOffset, body.byteLength) }),
      ...(signal && { signal }),
      payloadAsStream: true,
    });
    const known = Object.entries(answer.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : String(value)]],
    );
    return { status: answer.statusCode, headers: Object.fromEntries(known), body: Readable.from(answer.stream()) };
  };

/** The server inside this process, for `ops api` in local mode: no port, principal `local`. */
export const inProcess = async (ctx: ServerContext, version: string): Promise<Pick<OpsServer, 'request' | 'close'>> =>
  createServer(ctx, {
    version,
    platformTokens: [],
    authOn: false,
    inProcess: true,
    basePath: '',
    corsOrigins: [],
    schemaCacheMs: 0,
    report: () => undefined,
  });
