import { isOpsError } from '../../../base/errors.js';
import type { CheckedStatement, EngineRun, Execution, FileSession } from '../../../core/query/index.js';
import type { DisplayNames } from './display-names.js';
import { withoutStandIns } from './no-columns.js';
import type { Relation } from './relation.js';
import { countsOnly, type StatementNeeds } from './statement-needs.js';
import { type FileTables, holds, type Relations } from './tables.js';

/** One locked engine that may read the session's files and nothing else. */
export interface FileEngine {
  check(sql: string): Promise<CheckedStatement>;
  needs(statement: CheckedStatement): Promise<StatementNeeds>;
  /** Makes or replaces a table's view. */
  define(table: string, relation: Relation): Promise<void>;
  execute(statement: CheckedStatement, run: EngineRun): Promise<Execution>;
  explain(statement: CheckedStatement, run: EngineRun): Promise<string>;
  close(): Promise<void>;
}

export interface SessionParts {
  readonly engine: FileEngine;
  readonly tables: FileTables;
  readonly display: () => DisplayNames;
  readonly warnings: readonly string[];
  /** What is left of the budget's wall clock, in ms. */
  readonly remainingMs: () => number;
  readonly close: () => Promise<void>;
}

const isRejected = <T>(outcome: PromiseSettledResult<T>): outcome is PromiseRejectedResult =>
  outcome.status === 'rejected';

/** The execution, with the user's names in its errors. */
const named = (execution: Execution, display: () => DisplayNames): Execution => {
  const { pour } = execution;
  return {
    ...execution,
    async *ndjson() {
      try {
        yield* execution.ndjson();
      } catch (error) {
        throw display().error(error);
      }
    },
    ...(pour && {
      pour: (device: string) =>
        pour(device).catch((error: unknown) => {
          throw display().error(error);
        }),
    }),
  };
};

/**
 * The execution once its first rows have come, so that the engine is at work and whatever can fail before an
 * aggregate's answer has failed. It is closed where that happens.
 */
const begun = async (execution: Execution): Promise<Execution> => {
  const { pour: _, ...rest } = execution;
  const rows = execution.ndjson()[Symbol.asyncIterator]();
  try {
    const first = await rows.next();
    return {
      ...rest,
      async *ndjson() {
        if (first.done === true) return;
        yield first.value;
        for (let next = await rows.next(); next.done !== true; next = await rows.next()) yield next.value;
      },
    };
  } catch (error) {
    await execution.close();
    throw error;
  }
};

/**
 * A question to files. No answer leaves before every byte of the files it used has been checked; over a big NDJSON file
 * the engine meanwhile works on what the first lines promise, and starts again where they promised wrong. The one
 * exception: a plain aggregate that uses no column but strings of a big NDJSON file is the engine's own work; it fails,
 * and is then done the long way, at a line that is no JSON object and at every value that is not a text. The engine
 * takes `NaN` and a comma before a closing bracket for JSON in the parts of a line that nobody asked for.
 */
export const fileSession = (parts: SessionParts): FileSession => {
  const { engine, tables } = parts;

  const define = async (relations: Relations): Promise<void> => {
    for (const [table, relation] of relations) await engine.define(table, relation);
  };

  // SHOW TABLES and questions to the catalogue name no table, yet tell of all.
  const usedBy = (statement: CheckedStatement, needs: StatementNeeds): readonly string[] =>
    needs.catalog || (statement.kind === 'describe' && statement.tables.length === 0) ? tables.names : statement.tables;

  const left = (run: EngineRun): EngineRun => ({ ...run, budget: { ...run.budget, wallClockMs: parts.remainingMs() } });

  // The engine's own answer, without a check of the whole file; undefined where it stumbled.
  const unchecked = async (statement: CheckedStatement, run: EngineRun): Promise<Execution | undefined> => {
    const [table, ...others] = statement.tables;
    if (table === undefined || others.length > 0 || statement.kind !== 'select') return undefined;
    const relation = await tables.unchecked(table, await engine.needs(statement));
    if (!relation) return undefined;
    await engine.define(table, relation);
    try {
      return await begun(await engine.execute(statement, left(run)));
    } catch (error) {
      if (isOpsError(error) && error.code !== 'invalid_data') throw error;
      return undefined;
    }
  };

  const started = async (statement: CheckedStatement, run: EngineRun): Promise<Execution> => {
    const needs = await engine.needs(statement);
    const used = usedBy(statement, needs);
    const quick = await unchecked(statement, run);
    if (quick) return quick;
    if (countsOnly(needs) && !needs.catalog) {
      await define(await tables.finishCounting(used));
      return engine.execute(statement, left(run));
    }
    const { relations: first, certain } = await tables.begin(used);
    if (certain) {
      await define(first);
      return engine.execute(statement, left(run));
    }
    const [attempt, truth] = await Promise.allSettled([
      define(first)
        .then(() => engine.execute(statement, left(run)))
        .then(begun),
      tables.finish(used),
    ]);
    const early = isRejected(attempt) ? undefined : attempt.value;
    if (!isRejected(truth) && early && holds(first, truth.value, needs)) return early;
    early?.cancel();
    await early?.close();
    if (isRejected(truth)) throw truth.reason;
    const same = [...truth.value].every(([table, { sql }]) => first.get(table)?.sql === sql);
    if (isRejected(attempt) && same) throw attempt.reason;
    await define(truth.value);
    return engine.execute(statement, left(run));
  };

  const translated = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw parts.display().error(error);
    }
  };

  return {
    warnings: parts.warnings,
    bytes: tables.bytes,
    check: (sql) => translated(engine.check(sql)),
    comparisons: async () => [],
    isRowWise: async () => false,
    execute: async (statement, run) => named(withoutStandIns(await translated(started(statement, run))), parts.display),
    explain: async (statement, run) => {
      const used = usedBy(statement, await engine.needs(statement));
      return translated(
        tables.finish(used).then(async (relations) => {
          await define(relations);
          return parts.display().text(await engine.explain(statement, left(run)));
        }),
      );
    },
    close: parts.close,
  };
};
