import type { OpsError } from '../../../base/errors.js';
import type { CheckedStatement, LinePattern, QueryBudget } from '../../../core/query/index.js';
import { refusedPattern } from '../../../core/query/index.js';
import { engineFault } from '../errors.js';
import { execute } from '../execution.js';
import { checkStatement, type GuardedStatement } from '../guard/index.js';
import { openLockedInstance } from '../locked-instance.js';
import { frozenNow, macroSetup } from '../macros.js';
import { planLines } from '../plan.js';
import { identifier, literal } from '../quote.js';
import { startWork } from '../work.js';
import { dataFault } from './file-fault.js';
import type { FileEngine } from './session.js';
import { statementNeeds } from './statement-needs.js';

export interface FileEngineScope {
  /** Files that may be read where they lie. */
  readonly paths: readonly string[];
  /** Folder of our own with copies; read, and spilled into where memory runs out and nobody bounded it. */
  readonly folder: string;
  readonly tables: readonly string[];
  readonly pattern: LinePattern | undefined;
  readonly budget: QueryBudget;
  readonly now: Date;
}

const refusalOf = (error: unknown, { budget }: FileEngineScope): string =>
  engineFault(error, { sql: '', memoryBytes: budget.memoryBytes, secrets: [] }).message.replace(
    /^SQL: (?:Pattern failed to parse: )?/,
    '',
  );

/** The engine does not take a file for what it claims to be; only Parquet comes here without having been checked. */
const unreadable = (source: string, cause: unknown): OpsError =>
  dataFault(
    source,
    { message: 'the engine cannot read it: it is damaged, or not of the format that its name says', cause },
    'copy the file again, or name the right format with --format',
  );

/** Opens and locks the engine. A pattern that it does not understand is `usage`. */
export const openFileEngine = async (scope: FileEngineScope): Promise<FileEngine> => {
  const { budget } = scope;
  const instance = await openLockedInstance({
    memoryBytes: budget.memoryBytes,
    spill: budget.memoryIsBound ? false : { folder: scope.folder },
    directories: [scope.folder],
    paths: scope.paths,
    setup: [...macroSetup, frozenNow(scope.now)],
  });
  const { connection } = instance;
  const close = async (): Promise<void> => instance.close();
  const { pattern } = scope;
  if (pattern)
    await connection.run(`SELECT regexp_extract('', ${literal(pattern.re2)}, ['_'])`).catch(async (error: unknown) => {
      await close();
      throw refusedPattern(pattern, refusalOf(error, scope));
    });

  const guarded = new WeakMap<CheckedStatement, GuardedStatement>();
  const passed = (statement: CheckedStatement): GuardedStatement => {
    const found = guarded.get(statement);
    if (!found) throw new RangeError('the statement was not checked by this session');
    return found;
  };

  return {
    check: async (sql) => {
      const statement = await checkStatement(connection, sql, { tables: scope.tables, allowInformationSchema: true });
      guarded.set(statement, statement);
      return statement;
    },
    needs: async (statement) => statementNeeds(passed(statement).tree.statement),
    define: async (table, { sql, source }) => {
      try {
        await connection.run(`CREATE OR REPLACE VIEW main.${identifier(table)} AS ${sql}`);
      } catch (error) {
        throw unreadable(source, error);
      }
    },
    execute: (statement, run) =>
      execute(connection, passed(statement), {
        budget: run.budget,
        signal: run.signal,
        secrets: [],
        names: scope.tables,
      }),
    explain: async (statement, run) => {
      const { sql, body, explain } = passed(statement);
      const faults = { sql, memoryBytes: budget.memoryBytes, secrets: [] };
      const work = startWork(connection, { budget: run.budget, signal: run.signal, faults: () => faults });
      try {
        const plan = { analyze: false, json: false, ...explain, secrets: [] };
        return (await work.step(() => planLines(connection, body, plan))).join('\n');
      } finally {
        await work.settled();
      }
    },
    close,
  };
};
