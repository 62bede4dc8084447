import type { Context } from '../../../context.js';
import type { FileSource, QueryBudget, QueryResult } from '../../../core/query/index.js';
import type { CompletionScope } from './complete.js';
import { quotedName } from './keywords.js';

interface ShellColumn {
  readonly name: string;
  readonly type: string;
}

interface ShellTable {
  readonly name: string;
  readonly columns: readonly ShellColumn[];
}

/** What the shell puts its statements to: a database, or a set of files. */
export interface ShellSource {
  /** Shown in the prompt. */
  readonly label: string;
  query(sql: string, signal: AbortSignal): Promise<QueryResult>;
  /** Fresh at every call. */
  tables(): Promise<readonly ShellTable[]>;
  databases(): Promise<readonly string[]>;
  /** The same kind of source on another database; undefined where there is only one. */
  readonly inDatabase?: (database: string) => Promise<ShellSource | undefined>;
}

export interface SourceLimits {
  readonly budget?: Partial<QueryBudget>;
}

/** The stored tables of one database. */
export const databaseSource = (ctx: Context, database: string, limits: SourceLimits): ShellSource => {
  const schema = async () => (await (await ctx.query()).schema()).databases;
  return {
    label: database,
    query: async (sql, signal) => (await ctx.query()).query({ database, sql, signal, ...limits }),
    tables: async () => (await schema()).find(({ name }) => name === database)?.tables ?? [],
    databases: async () => (await schema()).map(({ name }) => name),
    inDatabase: async (name) =>
      (await schema()).some((one) => one.name === name) ? databaseSource(ctx, name, limits) : undefined,
  };
};

export interface FilesQuestion extends SourceLimits {
  readonly files: readonly FileSource[];
  readonly pattern?: string;
}

/** Files, each one table; they are read anew by every statement. */
export const filesSource = (ctx: Context, question: FilesQuestion): ShellSource => {
  const ask = async (sql: string, signal: AbortSignal): Promise<QueryResult> =>
    (await ctx.fileQueries()).query({ ...question, sql, signal });
  const columnsOf = async (table: string): Promise<readonly ShellColumn[]> => {
    const result = await ask(`SELECT * FROM ${quotedName(table)} LIMIT 0`, ctx.signal);
    await result.close();
    return result.columns.map(({ name, type }) => ({ name, type }));
  };
  return {
    label: question.files.length === 1 ? (question.files[0]?.name ?? 'files') : 'files',
    query: ask,
    tables: () => Promise.all(question.files.map(async ({ name }) => ({ name, columns: await columnsOf(name) }))),
    databases: async () => [],
  };
};

/** What completion needs of a source. */
export const completionScope = async (source: ShellSource): Promise<CompletionScope> => {
  const [tables, databases] = await Promise.all([source.tables(), source.databases()]);
  return {
    tables: tables.map(({ name, columns }) => ({ name, columns: columns.map((column) => column.name) })),
    databases,
  };
};
