import type { Config } from './model.js';

/** One change to config.yaml: a value at a path of keys, or undefined to remove it. */
export interface ConfigEdit {
  readonly path: readonly string[];
  readonly value: string | boolean | number | Readonly<Record<string, string | boolean>> | undefined;
}

/** What a change did, or with `dryRun` would do. */
export interface ConfigChange {
  readonly file: string;
  readonly changed: boolean;
  /** The config afterwards. */
  readonly config: Config;
}

/** The files that settings come from. */
export interface ConfigFiles {
  /** config.yaml, whether it exists or not. */
  readonly file: string;
  /** The nearest `.ops.yaml`; undefined where there is none. */
  readonly projectFile: string | undefined;
  /** An absent file is an empty config. Throws `invalid_data` that names file, place, key and value. */
  read(): Promise<Config>;
  /**
   * Changes config.yaml as `plan` says, keeping comments and order; `plan` sees the config as it is then, may throw, and
   * nobody else writes in between. The file has its old text or its new one, mode 0600, never half of one. `invalid_data`
   * where the result would not be a valid config, `conflict` where another process holds the file too long,
   * `forbidden` or `unavailable` where it cannot be written.
   */
  change(plan: (config: Config) => readonly ConfigEdit[], options: { readonly dryRun: boolean }): Promise<ConfigChange>;
  /** The kubeconfig in use and its contexts; undefined where there is none. Throws `invalid_data` for a broken one. */
  kubeContexts(kubeconfig: string | undefined): Promise<KubeContexts | undefined>;
}

export interface KubeContexts {
  readonly files: readonly string[];
  readonly current: string | undefined;
  readonly names: readonly string[];
}

/** What is found where a folder should be. */
export interface FolderFacts {
  readonly exists: boolean;
  readonly isDirectory: boolean;
  /** Of the folder, or of the nearest one above that exists. */
  readonly writable: boolean;
  /** Bytes; undefined where the system does not say. */
  readonly freeBytes: number | undefined;
}

/** What is found where `ops.db` should be. */
export type StoreState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'opened'; readonly schemaVersion: number }
  | { readonly kind: 'broken'; readonly why: string };

/** Looks at the machine for `ops doctor`; reads only. */
export interface Diagnostics {
  /** The version of the engine, loaded and asked. Rejects where it does not load. */
  duckdb(): Promise<string>;
  sqlite(): Promise<string>;
  folder(path: string): Promise<FolderFacts>;
  /** Opens the store of a data directory read-only. */
  store(dataDir: string): Promise<StoreState>;
  /** Permission bits of a file, e.g. 0o600; undefined where it is absent. */
  mode(path: string): Promise<number | undefined>;
  /** Half-written files older than an hour in these folders and their `tmp/`. */
  orphans(folders: readonly string[]): Promise<readonly string[]>;
}
