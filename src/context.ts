import type { Clock } from './base/clock.js';
import type { OpsError } from './base/errors.js';
import type { ConfigFiles, Diagnostics, KeyOrigin } from './core/config/index.js';
import type { IdentityService, WhoAmI } from './core/identity/index.js';
import type { FileQueries, QueryMaintenance, QueryService, StoredNames } from './core/query/index.js';
import type { DataDirectory, EventLog, Leases, LoopJournal, UserFiles } from './core/shared/index.js';
import type { Format, Notes, Output } from './render/index.js';

/** What flags, environment, project file, context and user config add up to; made once, in `main`. */
export interface Settings {
  readonly context: string;
  /** Set = remote mode. */
  readonly server: string | undefined;
  readonly dataDir: string;
  readonly configDir: string;
  readonly stateDir: string;
  readonly cacheDir: string;
  readonly readOnly: boolean;
  readonly protected: boolean;
  readonly yes: boolean;
  readonly confirm: string | undefined;
  readonly dryRun: boolean;
  /** False where a prompt may be shown: stdin and stderr are terminals and nothing forbids it. */
  readonly noInput: boolean;
  readonly debug: boolean;
  readonly verbose: boolean;
  readonly quiet: boolean;
  readonly timeoutMs: number | undefined;
  readonly lockTimeoutMs: number;
  /** Body file of `-f`; `-` is stdin. */
  readonly file: string | undefined;
  /** Where each of config's keys got its value; for `config explain`. */
  readonly origins: ReadonlyMap<string, KeyOrigin>;
  /**
   * What is wrong with config files, variables or the context's name. Thrown before a command runs, unless its
   * documentation says that it mends settings.
   */
  readonly fault?: OpsError | undefined;
}

export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/**
 * What the global flags on the command line were parsed to, and nothing else: a flag that was not given is absent.
 * Environment, project file, context and user config are weighed against them where the Context is opened.
 */
export interface GlobalFlags {
  readonly output?: Format;
  readonly fields?: readonly string[];
  readonly jq?: string;
  /** As typed: `age` ascending, `-age` descending. */
  readonly sort?: string;
  /** 0 = all. */
  readonly limit?: number;
  readonly noHeader?: boolean;
  /** Instants instead of ages in tables. */
  readonly utc?: boolean;
  readonly server?: string;
  readonly context?: string;
  readonly dataDir?: string;
  readonly cluster?: 'embedded' | 'kube';
  readonly kubeconfig?: string;
  readonly kubeContext?: string;
  readonly tokenFile?: string;
  readonly tokenStdin?: boolean;
  /** `-` is stdin. */
  readonly file?: string;
  readonly yes?: boolean;
  readonly confirm?: string;
  readonly dryRun?: boolean;
  readonly noInput?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly debug?: boolean;
  readonly color?: 'auto' | 'always' | 'never';
  readonly progress?: 'auto' | 'plain' | 'none';
  readonly timeoutMs?: number;
  readonly lockTimeoutMs?: number;
  readonly showRequest?: boolean;
}

/** One answer of a server, as it came. */
export interface RemoteAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/** A server, asked directly with the context's credential. */
export interface RemoteServer {
  readonly url: string;
  /** Any route; a status of 400 and more is an answer, not an error. `path` begins with `/`. */
  request(call: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: Uint8Array;
    readonly signal?: AbortSignal;
  }): Promise<RemoteAnswer>;
  /** Who the server takes us for. */
  whoAmI(): Promise<WhoAmI>;
  /** Keeps a session of this server for later commands (mode 0600, under the state directory); undefined forgets it. */
  keepSession(token: string | undefined): Promise<void>;
}

/**
 * Everything a command may use. Services are lazy: `ops --help` opens no database and loads no engine.
 * Tests hand in their own.
 */
export interface Context {
  /** stdout: data. */
  readonly out: Output;
  /** stderr: talk. */
  readonly err: Notes;
  readonly streams: Streams;
  readonly settings: Settings;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
  /** Aborts at Ctrl-C, SIGTERM and at `--timeout`. `reason` is the OpsError to end with. */
  readonly signal: AbortSignal;
  /** Time-ordered UUID. */
  newId(): string;
  query(): Promise<QueryService>;
  /** Accounts, tokens and sessions: of this data directory, or of the server. */
  identity(): Promise<IdentityService>;
  /** The server itself, for what is no use case: `ops api`, `ops auth status`. Undefined in local mode. */
  remote(): Promise<RemoteServer | undefined>;
  /** For completion, which has no time to load the service. */
  storedNames(): Promise<StoredNames>;
  fileQueries(): Promise<FileQueries>;
  maintenance(): Promise<QueryMaintenance>;
  dataDirectory(): Promise<DataDirectory>;
  events(): Promise<EventLog>;
  leases(): Promise<Leases>;
  loopJournal(): Promise<LoopJournal>;
  /** What the user names on the command line: inputs, reports, rejects; and the shell's history. */
  files(): Promise<UserFiles>;
  /** config.yaml and what stands beside it; for the commands that read and change settings. */
  configFiles(): Promise<ConfigFiles>;
  /** What `ops doctor` asks of the machine. */
  diagnostics(): Promise<Diagnostics>;
  /** Asks on the terminal. `declined` where the answer is no, `usage` where nobody can be asked. */
  confirm(question: { readonly what: string; readonly consequence: string; readonly name?: string }): Promise<void>;
  /** Reads a secret on the terminal, unseen. `declined` where the input ends instead, `usage` where nobody can be asked. */
  secret(question: string): Promise<string>;
  /** Ends the process with this code unless something worse happens; for negative verdicts. */
  setExit(code: number): void;
  /** Closes what was opened. */
  close(): Promise<void>;
}

/**
 * Joins flags, environment and files to a Context; `wire.ts` implements it. Throws `usage` or `invalid_data` for
 * settings that make no sense. `main` owns the streams, the signals and the exit code, and closes the Context.
 */
export type OpenContext = (start: {
  readonly globals: GlobalFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly streams: Streams;
  /** Of ops; servers are told. */
  readonly version?: string;
  /** Aborted by `main` at Ctrl-C, SIGTERM and `--timeout`; the adapters may abort it too. */
  readonly controller: AbortController;
  /** Behind `Context.setExit`; the largest code that was set wins. */
  readonly setExit: (code: number) => void;
}) => Promise<Context>;
