import { Command, Option } from 'commander';
import { z } from 'zod';
import { OpsError } from '../base/errors.js';
import type { Context } from '../context.js';
import { type PlatformTokens, parsePlatformTokens } from '../core/query/index.js';
import { allGrants, localPrincipal } from '../core/shared/index.js';
import { checkLoopNames, type LoopNames, type LoopReport, startLoops } from '../loops/index.js';
import {
  checkExposure,
  createServer,
  type ListenAddress,
  listenAddresses,
  type OpsServer,
  parseBasePath,
  parseCacheTtl,
  parseOrigins,
  parseTrustProxy,
  urlOf,
} from '../serve/index.js';
import { documented } from './define.js';
import type { Frame } from './frame/tree.js';

interface Flags {
  readonly listen?: readonly string[];
  readonly auth: 'on' | 'off';
  readonly loops?: readonly string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly trustProxy?: string;
  readonly basePath?: string;
  readonly logFormat: 'text' | 'json';
  readonly readyFile?: string;
}

/** The one line on stdout, and the content of the ready file. */
const Listening = z.object({
  event: z.literal('listening'),
  url: z.string(),
  urls: z.array(z.string()),
  pid: z.number().int(),
});
type Listening = z.infer<typeof Listening>;

/** Requests in flight may take so long to end once the server stops. */
const graceMs = 9_000;

const fileBytes = async (ctx: Context, path: string): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  for await (const part of await (await ctx.files()).open(path)) parts.push(Uint8Array.from(part));
  return Buffer.concat(parts);
};

const tlsOf = async (ctx: Context, { tlsCert, tlsKey }: Flags) => {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined)
    throw new OpsError('usage', '--tls-cert and --tls-key belong together', 'give both, as PEM files');
  return { cert: await fileBytes(ctx, tlsCert), key: await fileBytes(ctx, tlsKey) };
};

/** With a credential demanded and nobody who has one, there must be a first: an administrator's token, shown once. */
const firstToken = async (ctx: Context, platform: PlatformTokens): Promise<void> => {
  if (platform.tokens.length > 0) return;
  const identity = await ctx.identity();
  const now = ctx.clock.now().toISOString();
  const usable = (await identity.tokens()).some(
    ({ revoked_at, expires_at }) => revoked_at === null && (expires_at === null || expires_at > now),
  );
  if (usable || (await identity.accounts()).length > 0) return;
  const made = await identity.createToken(
    { name: `admin-${now.slice(0, 10)}-${ctx.newId().slice(-6)}`, grants: allGrants },
    { principal: localPrincipal },
  );
  ctx.err.warn(`no credential existed: made the ops token "${made.name}", shown only now: ${made.token}`);
};

const loopReporter =
  (ctx: Context, { metrics }: OpsServer) =>
  (report: LoopReport): void => {
    if ('error' in report) {
      metrics.loop({ loop: report.loop, ok: false });
      const { error } = report;
      ctx.err.warn(`loop ${report.loop}: ${error instanceof Error ? error.message : String(error)}`);
    } else if (report.ran) {
      metrics.loop({ loop: report.loop, ok: true });
      ctx.err.verbose(`loop ${report.loop}: ${report.detail}`);
    }
  };

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const tellListening = async (ctx: Context, listening: Listening, readyFile: string | undefined): Promise<void> => {
  const text = `${JSON.stringify(listening)}\n`;
  if (readyFile !== undefined) {
    const file = await (await ctx.files()).create(readyFile, 'replace');
    await file.write(Buffer.from(text));
    await file.commit();
  }
  await ctx.out.print(listening, {
    lines: ({ urls }) => [['listening on', urls.join(', ')]],
    name: ({ url }) => url,
  });
  await ctx.out.flush();
};

const openAll = async (
  server: OpsServer,
  addresses: readonly ListenAddress[],
  shape: { readonly tls: boolean; readonly basePath: string },
): Promise<readonly string[]> => {
  const urls: string[] = [];
  for (const address of addresses) urls.push(urlOf({ ...address, port: await server.listen(address) }, shape));
  return urls;
};

const serve = async (ctx: Context, flags: Flags, version: string): Promise<void> => {
  const { env } = ctx;
  const addresses = listenAddresses(flags.listen ?? [], env);
  const basePath = parseBasePath(flags.basePath);
  const asked = checkLoopNames(flags.loops ?? 'all');
  // Each of them would only find that it may not write.
  const names: LoopNames = ctx.settings.readOnly ? 'none' : asked;
  const platform = parsePlatformTokens(env.KYMA_AUTH_TOKENS);
  const authOn = flags.auth === 'on';
  const trustProxy = parseTrustProxy(flags.trustProxy);
  checkExposure(addresses, { authOn, platformTokens: platform.tokens.length, trustProxy });
  const { origins, warning } = parseOrigins(env.KYMA_CORS_ALLOWED_ORIGINS);
  for (const text of [...platform.warnings, ...(warning === undefined ? [] : [warning])]) ctx.err.warn(text);
  const tls = await tlsOf(ctx, flags);
  if (authOn) await firstToken(ctx, platform);

  const server = await createServer(ctx, {
    version,
    platformTokens: platform.tokens,
    authOn,
    trustProxy,
    basePath,
    corsOrigins: origins,
    schemaCacheMs: parseCacheTtl(env.KYMA_SCHEMA_CACHE_TTL_SECS),
    tls,
    log: ctx.settings.quiet
      ? undefined
      : { format: flags.logFormat, write: (line) => void ctx.streams.stderr.write(line) },
    report: (error, requestId) => {
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      ctx.err.warn(`request ${requestId} failed: ${what}`);
    },
  });
  try {
    const urls = await openAll(server, addresses, { tls: tls !== undefined, basePath });
    const running = startLoops(ctx, { names, report: loopReporter(ctx, server) });
    try {
      const [url = ''] = urls;
      await tellListening(ctx, { event: 'listening', url, urls: [...urls], pid: process.pid }, flags.readyFile);
      await aborted(ctx.signal);
      ctx.err.note('stopping: requests in flight may finish');
    } finally {
      await Promise.all([running.stop(), server.close(graceMs)]);
    }
  } finally {
    await server.close(0);
  }
};

const list = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...value.split(',').map((word) => word.trim()),
];

/** `ops serve`: the same commands over the network. */
export const serveCommand = (ctx: Context, { manifest }: Frame): Command =>
  documented(
    new Command('serve')
      .summary('run the server: the documented HTTP routes over the data directory')
      .option('--listen <address>', 'HOST:PORT, repeatable; port 0 takes a free one', list)
      .addOption(
        new Option('--auth <mode>', 'on: every route that can write demands a credential')
          .choices(['on', 'off'])
          .default('off'),
      )
      .option('--loops <names>', 'background work: all, none, or names, comma separated', list)
      .option('--tls-cert <file>', 'certificate chain, PEM')
      .option('--tls-key <file>', 'private key, PEM')
      .option('--trust-proxy <cidr>', 'believe X-Forwarded-* headers from these addresses')
      .option('--base-path <path>', 'serve below this path, e.g. /ops')
      .addOption(
        new Option('--log-format <format>', 'of the access log on stderr').choices(['text', 'json']).default('text'),
      )
      .option('--ready-file <file>', 'write the listening line here once ready')
      .action((flags: Flags) => serve(ctx, flags, manifest.version)),
    {
      examples: [
        { line: 'ops serve', does: 'on 127.0.0.1:8080, for this machine alone' },
        { line: 'ops serve --listen 0.0.0.0:8080 --auth on', does: 'for others, with a token' },
      ],
      route: 'none',
      output: Listening,
      exits: [4, 5, 6],
      localOnly: 'it is the server',
      service: true,
    },
  );
