import type { Clock } from './base/clock.js';
import type { FileQueries, QueryMaintenance, QueryService } from './core/query/index.js';
import type { DataDirectory, EventLog, Leases, LoopJournal } from './core/shared/index.js';
import type { Notes, Output } from './render/index.js';

/** Where a value came from, strongest first. */
export type SettingOrigin = 'flag' | 'environment' | 'project file' | 'context' | 'user config' | 'default';

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
  readonly origins: ReadonlyMap<
    string,
    { readonly value: string; readonly origin: SettingOrigin; readonly from: string }
  >;
}

export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
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
  fileQueries(): Promise<FileQueries>;
  maintenance(): Promise<QueryMaintenance>;
  dataDirectory(): Promise<DataDirectory>;
  events(): Promise<EventLog>;
  leases(): Promise<Leases>;
  loopJournal(): Promise<LoopJournal>;
  /** Asks on the terminal. `declined` where the answer is no, `usage` where nobody can be asked. */
  confirm(question: { readonly what: string; readonly consequence: string; readonly name?: string }): Promise<void>;
  /** Ends the process with this code unless something worse happens; for negative verdicts. */
  setExit(code: number): void;
  /** Closes what was opened. */
  close(): Promise<void>;
}
