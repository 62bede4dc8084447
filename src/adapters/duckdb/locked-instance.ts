import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { literal, literals } from './quote.js';

/** What an engine instance may use and see; nothing of it can be changed once it is open. */
export interface LockedInstanceOptions {
  readonly memoryBytes: number;
  /** Folder to spill into where memory runs out, made by the caller; false: running out of memory is an error. */
  readonly spill: false | { readonly folder: string };
  /** Folders that it may read, with everything below them. */
  readonly directories: readonly string[];
  /** Single files or devices that it may read and write. */
  readonly paths: readonly string[];
  /** Statements of our own, run before the lock: schemas, macros, views. */
  readonly setup: readonly string[];
  /** Schemas in which unqualified names are looked up, in this order; default `main`. */
  readonly searchPath?: readonly string[];
}

export interface LockedInstance {
  /** In UTC, rows in the order of their files, integer division, nulls last going up and first going down. */
  readonly connection: DuckDBConnection;
  /** Another connection to the same instance with the same search path; the caller closes it. */
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

const folder = (path: string): string => (path.endsWith('/') ? path : `${path}/`);

const quotedPath = (schemas: readonly string[]): string =>
  literal(schemas.map((schema) => `"${schema.replaceAll('"', '""')}"`).join(','));

/** Order matters: the allowed places are named while there still is access, the lock comes last. */
const lockDown = ({ directories, paths }: LockedInstanceOptions): string => `
  SET allowed_directories = ${literals(directories.map(folder))};
  SET allowed_paths = ${literals(paths)};
  SET enable_external_access = false;
  SET lock_configuration = true;`;

/**
 * An engine in memory that reads `directories` and `paths` and nothing else: no network, no extensions, no settings.
 */
export const openLockedInstance = async (options: LockedInstanceOptions): Promise<LockedInstance> => {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
    memory_limit: `${Math.max(1, Math.floor(options.memoryBytes))}B`,
    temp_directory: options.spill === false ? '' : options.spill.folder,
    preserve_insertion_order: 'true',
    integer_division: 'true',
    default_null_order: 'nulls_last_on_asc_first_on_desc',
    errors_as_json: 'true',
  });
  const searchPath = `SET search_path = ${quotedPath(options.searchPath ?? ['main'])}`;
  try {
    const connection = await instance.connect();
    // The zone of the engine, not of this connection only.
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
    if (options.setup.length > 0) await connection.run(options.setup.join(';\n'));
    await connection.run(searchPath);
    await connection.run(lockDown(options));
    return {
      connection,
      connect: async () => instance.connect(),
      close: () => {
        connection.closeSync();
        instance.closeSync();
      },
    };
  } catch (error) {
    instance.closeSync();
    throw error;
  }
};
