import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import type { Context } from '../../src/context.js';
import { parsePlatformTokens } from '../../src/core/query/index.js';
import { createServer, type OpsServer, type ServerOptions } from '../../src/serve/index.js';
import { openDataDir } from '../crash/open.js';

export interface TestServer {
  readonly url: string;
  readonly server: OpsServer;
  readonly ctx: Context;
  readonly log: readonly string[];
  readonly reported: readonly unknown[];
  /** `fetch`, and every answer is held against the OpenAPI documents. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
}

interface Documents {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>
  >;
}

const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`);

/** Fails where an answer has a status, a content type or a body that the documents do not have. */
const conform = async (documents: readonly Documents[], method: string, answer: Response): Promise<void> => {
  const path = new URL(answer.url).pathname;
  const operation = documents
    .flatMap(({ paths }) => Object.entries(paths))
    .find(([pattern]) => patternOf(pattern).test(path))?.[1][method.toLowerCase()];
  if (!operation) return;
  const promised = operation.responses[String(answer.status)];
  expect(promised, `${method} ${path} answers ${answer.status}`).toBeDefined();
  const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
  const [wanted, content] = Object.entries(promised?.content ?? {})[0] ?? [];
  if (wanted === undefined || (wanted.startsWith('application/x-ndjson') && type === 'application/json')) return;
  expect(type).toBe(wanted.split(';')[0]);
  if (!content?.schema || type !== 'application/json') return;
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(content.schema);
  const body = await answer.clone().json();
  expect(validate(body), `${method} ${path}: ${JSON.stringify(validate.errors)} in ${JSON.stringify(body)}`).toBe(true);
};

/** A server on a free port over a data directory of its own. */
export const openServer = async ({
  tokens,
  options = {},
}: {
  readonly tokens?: string;
  readonly options?: Partial<ServerOptions>;
} = {}): Promise<TestServer> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ops-serve-'));
  const ctx = await openDataDir(dataDir);
  const log: string[] = [];
  const reported: unknown[] = [];
  const server = await createServer(ctx, {
    version: '1.2.3',
    platformTokens: parsePlatformTokens(tokens).tokens,
    authOn: false,
    basePath: '',
    corsOrigins: [],
    schemaCacheMs: 0,
    log: { format: 'json', write: (line) => void log.push(line) },
    report: (error) => void reported.push(error),
    ...options,
  });
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${port}`;
  const base = `${url}${options.basePath ?? ''}`;
  const document = async (name: string): Promise<Documents> =>
    (await fetch(`${base}/ops/v1/openapi/${name}.json`)).json() as Promise<Documents>;
  const documents = [await document('query'), await document('ops')];
  return {
    url,
    server,
    ctx,
    log,
    reported,
    ask: async (path, init = {}) => {
      const answer = await fetch(url + path, init);
      await conform(documents, init.method ?? 'GET', answer);
      return answer;
    },
    close: async () => {
      await server.close(0);
      await ctx.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};
