import type { Command } from 'commander';
import { manualClock } from '../../../src/base/clock.js';
import { isOpsError, OpsError } from '../../../src/base/errors.js';
import type { Context, Settings } from '../../../src/context.js';
import type {
  FileQueries,
  FileQueryRequest,
  FollowRequest,
  IngestRequest,
  QueryRequest,
  QueryResult,
  QueryService,
  ResultColumn,
} from '../../../src/core/query/index.js';
import type { UserFiles } from '../../../src/core/shared/index.js';
import { createOutput, type Format } from '../../../src/render/index.js';

const decoder = new TextDecoder();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const columns: readonly ResultColumn[] = [{ name: 'n', type: 'long', engineType: 'BIGINT' }];

/** A result of these lines; `log` learns that it was closed. */
export const resultOf = (lines: readonly string[], log: string[] = []): QueryResult => ({
  columns,
  async *ndjson() {
    for (const line of lines) yield bytes(`${line}\n`);
  },
  stats: () => ({ rows: lines.length, bytesScanned: 2_048, elapsedMs: 12 }),
  cancel: () => undefined,
  close: async () => void log.push('closed'),
});

export interface World {
  readonly settings?: Partial<Settings>;
  readonly env?: Readonly<Record<string, string>>;
  readonly format?: Format;
  /** `--limit`. */
  readonly limit?: number;
  readonly stdinIsTerminal?: boolean;
  readonly stdoutIsClosed?: boolean;
  /** Files by path; `-` is stdin. */
  readonly files?: Readonly<Record<string, string>>;
  readonly service?: Partial<QueryService>;
  readonly fileQueries?: Partial<FileQueries>;
  readonly other?: Partial<Context>;
  readonly controller?: AbortController;
  readonly answer?: boolean;
}

export interface Ran {
  readonly exit: number;
  readonly error: OpsError | undefined;
  readonly stdout: string;
  readonly said: readonly string[];
  readonly written: Readonly<Record<string, string>>;
  readonly asked: readonly string[];
}

/** User files in memory; only what was committed counts as written. */
const memoryFiles = (given: Readonly<Record<string, string>>, written: Record<string, string>): UserFiles => ({
  open: async (path) => {
    const text = given[path];
    if (text === undefined) throw new OpsError('not_found', `file "${path}" not found`, 'check the path');
    return (async function* () {
      yield bytes(text);
    })();
  },
  size: async (path) => given[path]?.length,
  create: async (path, existing) => {
    if (existing === 'refuse' && (path in given || path in written))
      throw new OpsError('conflict', `file "${path}" exists already`, 'choose another name');
    let text = '';
    return {
      write: async (part) => {
        text += decoder.decode(part);
      },
      commit: async () => {
        written[path] = text;
      },
      discard: async () => undefined,
    };
  },
  append: async (path, text) => {
    written[path] = `${written[path] ?? ''}${text}`;
  },
  readState: async (name) => given[`state/${name}`],
  writeState: async (name, text) => {
    written[`state/${name}`] = text;
    return true;
  },
});

/** Runs a command's words in a made-up world. */
export const runCommand = async (
  make: (ctx: Context) => Command,
  words: readonly string[],
  world: World = {},
): Promise<Ran> => {
  const said: string[] = [];
  const printed: string[] = [];
  const asked: string[] = [];
  const written: Record<string, string> = {};
  let exit = 0;
  const say = (kind: string) => (text: string) => void said.push(`${kind}: ${text}`);
  const err = {
    isTerminal: false,
    note: say('note'),
    warn: say('warn'),
    verbose: say('verbose'),
    summary: say('summary'),
    progress: () => undefined,
    progressDone: () => undefined,
    raw: say('raw'),
  };
  const out = createOutput({
    stdout: () => ({
      write: (chunk, done) => {
        if (world.stdoutIsClosed) {
          done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
          return false;
        }
        printed.push(decoder.decode(Buffer.from(chunk)));
        done();
        return true;
      },
      on: () => undefined,
    }),
    isTerminal: false,
    format: world.format,
    limit: world.limit,
    width: () => 80,
    notes: err,
    yaml: async () => String,
  });
  const ctx: Context = Object({
    out,
    err,
    streams: { stdin: { isTTY: world.stdinIsTerminal === true }, stdout: {}, stderr: {} },
    settings: { dryRun: false, noInput: true, readOnly: false, context: 'local', ...world.settings },
    env: world.env ?? {},
    clock: manualClock(new Date('2026-03-01T12:00:00Z')),
    signal: (world.controller ?? new AbortController()).signal,
    query: async () => world.service,
    fileQueries: async () => world.fileQueries,
    files: async () => memoryFiles(world.files ?? {}, written),
    confirm: async ({ what, consequence, name }: { what: string; consequence: string; name?: string }) => {
      asked.push([what, consequence, name].join(' | '));
      if (world.answer === false) throw new OpsError('declined', 'not confirmed', 'answer yes');
    },
    setExit: (code: number) => {
      exit = Math.max(exit, code);
    },
    ...world.other,
  });
  let error: OpsError | undefined;
  try {
    await make(ctx)
      .exitOverride()
      .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
      .parseAsync([...words], { from: 'user' });
    await out.flush();
  } catch (thrown) {
    if (!isOpsError(thrown)) throw thrown;
    error = thrown;
  }
  return { exit: error?.exit ?? exit, error, stdout: printed.join(''), said, written, asked };
};

/** A service that records what it was asked and answers with these lines. */
export const recordingService = (lines: readonly string[] = ['{"n":1}']) => {
  const queries: QueryRequest[] = [];
  const follows: FollowRequest[] = [];
  const ingests: (Omit<IngestRequest, 'body' | 'scan'> & { readonly text: string; readonly rows: number })[] = [];
  const fileQueries: FileQueryRequest[] = [];
  const log: string[] = [];
  const answer = async (request: QueryRequest): Promise<QueryResult> => {
    queries.push(request);
    return resultOf(lines, log);
  };
  const service: Partial<QueryService> = {
    query: answer,
    async *follow(request) {
      follows.push(request);
      yield resultOf(lines, log);
    },
    ingest: async ({ body, scan, ...request }) => {
      ingests.push({ ...request, text: decoder.decode(body), rows: scan?.rows ?? -1 });
      return { snapshot_id: 's', extent_count: 1, rows_ingested: scan?.rows ?? 0, bytes_written: 10, replayed: false };
    },
  };
  const files: Partial<FileQueries> = {
    query: async (request) => {
      fileQueries.push(request);
      return resultOf(lines, log);
    },
  };
  return { service, files, queries, follows, ingests, fileQueries, log };
};
