import { STATUS_CODES } from 'node:http';
import { Command } from 'commander';
import { OpsError } from '../base/errors.js';
import type { Context, RemoteAnswer, RemoteServer } from '../context.js';
import { errorOfAnswer } from '../core/query/index.js';
import { documented } from './define.js';
import type { Frame } from './frame/tree.js';

interface ApiFlags {
  readonly header?: readonly string[];
  readonly include?: boolean;
}

type Call = Parameters<RemoteServer['request']>[0];

const collect = (word: string, before: readonly string[] = []): readonly string[] => [...before, word];

const methodOf = (word: string): string => {
  const method = word.toUpperCase();
  if (/^[A-Z]{1,20}$/.test(method) && method !== 'CONNECT' && method !== 'TRACE') return method;
  throw new OpsError('usage', `METHOD: "${word}" is no method`, 'use GET, POST, PUT, PATCH, DELETE or HEAD');
};

/** Blanks and what is beyond ASCII are encoded; what is encoded already stays. */
const pathOf = (word: string): string => {
  if (!word.startsWith('/'))
    throw new OpsError(
      'usage',
      `PATH: "${word}" does not begin with "/"`,
      'give the path of a route, e.g. /v1/catalog/schema',
    );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
  if (/[\u0000-\u001f\u007f#]/.test(word))
    throw new OpsError('usage', 'PATH: it holds a control character or a "#"', 'encode it, e.g. %23 for "#"');
  return word.replace(/[^\x21-\x7e]+/g, (text) => encodeURIComponent(Buffer.from(text).toString()));
};

const headersOf = (words: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    words.map((word): [string, string] => {
      const [, name, value = ''] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*?)\s*$/s.exec(word) ?? [];
      // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
      if (name === undefined || /[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
        throw new OpsError('usage', `--header: "${word}" is no header`, "use 'Name: value'");
      return [name.toLowerCase(), value];
    }),
  );

/** More than any route takes: what is too long for a route, the route says. */
const longestBody = 256 * 2 ** 20;

const bodyOf = async (ctx: Context): Promise<Uint8Array | undefined> => {
  const { file } = ctx.settings;
  if (file === undefined) return undefined;
  if (file === '-' && ctx.streams.stdin.isTTY === true)
    throw new OpsError(
      'usage',
      'the body is to come from stdin, and stdin is a terminal',
      'name a file with -f, or pipe it in',
    );
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of await (await ctx.files()).open(file)) {
    ctx.signal.throwIfAborted();
    parts.push(part.slice()); // the next part may lie in the same memory
    bytes += part.length;
    if (bytes > longestBody)
      throw new OpsError('limit_exceeded', 'the body is longer than 256 MiB', 'send it in several requests');
  }
  return Buffer.concat(parts);
};

const isJson = (body: Uint8Array): boolean => {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return true;
  } catch {
    return false; // then it is bytes
  }
};

/** What a body is where nobody says it. */
const contentType = (path: string, body: Uint8Array): string => {
  const [route] = path.split('?');
  if (route === '/v1/ingest') return 'application/x-ndjson';
  if (route === '/v1/query') return 'application/sql';
  return isJson(body) ? 'application/json' : 'application/octet-stream';
};

const reads = ({ method, path }: Pick<Call, 'method' | 'path'>): boolean =>
  ['GET', 'HEAD', 'OPTIONS'].includes(method) || (method === 'POST' && path.split('?')[0] === '/v1/query');

/** What the context forbids is not sent. */
const permit = async (ctx: Context, call: Call): Promise<void> => {
  if (reads(call)) return;
  const { readOnly, context } = ctx.settings;
  if (readOnly)
    throw new OpsError(
      'forbidden',
      `context "${context}" is read-only: ${call.method} ${call.path} is not sent`,
      'choose another context with --context',
      { reason: 'read_only_context' },
    );
  if (call.method === 'DELETE' && ctx.settings.protected)
    await ctx.confirm({ what: `DELETE ${call.path}`, consequence: `context "${context}" is protected` });
};

/** The server, or one inside this process that is closed after the answer. */
const served = async (
  ctx: Context,
  version: string,
): Promise<Pick<RemoteServer, 'request'> & { close(): Promise<void> }> => {
  const remote = await ctx.remote();
  if (remote) return { request: (call) => remote.request(call), close: async () => undefined };
  const { inProcess } = await import('../serve/index.js');
  const here = await inProcess(ctx, version);
  return { request: here.request, close: () => here.close(0) };
};

const headText = ({ status, headers }: RemoteAnswer): string => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`
    .trimEnd()
    .concat('\n', ...lines.map((line) => `${line}\n`), '\n');
};

/** So much of an error's body is kept for its sentence. */
const longestSentence = 65_536;

/** Prints the body as it comes; what of its beginning an error may be read from. */
const printBody = async (ctx: Context, answer: RemoteAnswer): Promise<string> => {
  const kept: Uint8Array[] = [];
  let keptBytes = 0;
  let last: number | undefined;
  async function* parts(): AsyncGenerator<Uint8Array> {
    for await (const part of answer.body) {
      if (answer.status >= 400 && keptBytes < longestSentence) {
        kept.push(part);
        keptBytes += part.length;
      }
      last = part.at(-1) ?? last;
      yield part;
    }
    if (ctx.out.isTerminal && last !== undefined && last !== 10) yield Buffer.from('\n');
  }
  await ctx.out.as('ndjson').rows({ columns: [], ndjson: parts, cancel: () => undefined });
  return Buffer.concat(kept).toString();
};

interface Asked extends ApiFlags {
  readonly method: string;
  readonly path: string;
  readonly version: string;
}

const run = async (ctx: Context, { version, ...words }: Asked): Promise<void> => {
  const method = methodOf(words.method);
  const path = pathOf(words.path);
  const given = headersOf(words.header ?? []);
  const body = await bodyOf(ctx);
  const headers = body === undefined ? given : { 'content-type': contentType(path, body), ...given };
  const call: Call = { method, path, headers, ...(body !== undefined && { body }), signal: ctx.signal };
  if (ctx.settings.dryRun && !reads(call)) return ctx.err.note(`dry run: ${method} ${path} is not sent`);
  await permit(ctx, call);
  const server = await served(ctx, version);
  try {
    const answer = await server.request(call);
    if (words.include) await ctx.out.text(headText(answer));
    const text = await printBody(ctx, answer);
    await ctx.out.flush(); // before stderr says what it means
    const { status, headers: answered } = answer;
    if (status >= 400) throw errorOfAnswer({ status, headers: answered, text }, `${method} ${path}`);
    const place = answered['location'] === undefined ? '' : `; it leads to ${answered['location']}`;
    if (status >= 300) ctx.err.note(`status ${status}: redirects are not followed${place}`);
  } finally {
    await server.close();
  }
};

/** `ops api METHOD PATH`: any route of the server, or of one inside this process. */
export const apiCommand = (ctx: Context, { manifest }: Frame): Command =>
  documented(
    new Command('api')
      .summary('call any HTTP route and print its answer')
      .argument('<method>', 'GET, POST, PUT, PATCH, DELETE or HEAD')
      .argument('<path>', 'begins with /, e.g. /v1/catalog/schema')
      .option('-H, --header <header>', "a request header, 'Name: value'; repeatable", collect)
      .option('-i, --include', 'status line and headers before the body')
      .action((method: string, path: string, flags: ApiFlags) =>
        run(ctx, { ...flags, method, path, version: manifest.version }),
      ),
    {
      examples: [
        { line: 'ops api GET /v1/catalog/schema', does: 'databases, tables and columns' },
        { line: 'ops api POST /v1/query -f top.sql -H "X-Database: web"', does: 'a query, as a client sends it' },
        { line: 'ops api POST /v1/ingest -f app.ndjson -H "X-Table: checkout"', does: 'rows from a file' },
        { line: 'ops api GET /health -i', does: 'with status line and headers' },
      ],
      route: 'any',
      exits: [3, 4, 5, 6, 7, 8, 9, 10, 130],
    },
  );
