import type { DuckDBConnection } from '@duckdb/node-api';
import type { CheckedStatement } from '../../../core/query/index.js';
import { macroNames } from '../macros.js';
import { calledFunctions, commonAggregates, commonScalars } from './common.js';
import { explainPrefix } from './explain-prefix.js';
import { allowedFunctions } from './functions.js';
import { refusal } from './refusal.js';
import { withoutSemicolon, withQuotedAt } from './text.js';
import { type Parsed, parseOne, type TreeNode } from './tree.js';
import { walk } from './walk.js';

export { didYouMean, refusal } from './refusal.js';

/** A statement that passed, with what was learned on the way. */
export interface GuardedStatement extends CheckedStatement {
  /** What runs: without EXPLAIN and without a semicolon; places in it are places in `sql`. */
  readonly body: string;
  readonly tree: Parsed;
  readonly explain: { readonly analyze: boolean; readonly json: boolean } | undefined;
}

export interface GuardScope {
  /** Tables that may be named. */
  readonly tables: readonly string[];
  /** The schema that may qualify them. */
  readonly database?: string;
  readonly allowInformationSchema: boolean;
}

/** Those that the statement needs at most: all that there are only where it goes beyond the common ones. */
const functionsFor = async (connection: DuckDBConnection, statement: TreeNode): Promise<ReadonlySet<string>> => {
  const common = new Set([...commonScalars, ...commonAggregates, ...macroNames]);
  if ([...calledFunctions(statement)].every((name) => common.has(name))) return common;
  return new Set([...(await allowedFunctions(connection)), ...macroNames]);
};

/**
 * The statement if it is one single statement that only reads what `scope` names, by the engine's own syntax tree
 * (`kyma` §2.3). Else `invalid_data` with reason `sql_parse_error` and the place. Nothing is run or bound.
 */
export const checkStatement = async (
  connection: DuckDBConnection,
  written: string,
  scope: GuardScope,
): Promise<GuardedStatement> => {
  const sql = withQuotedAt(written);
  const explain = explainPrefix(sql);
  const text = explain?.inner ?? sql;
  const tree = await parseOne(connection, text);
  const { tables } = walk(sql, {
    statement: tree.statement,
    allowed: {
      tables: scope.tables,
      database: scope.database,
      informationSchema: scope.allowInformationSchema,
      functions: await functionsFor(connection, tree.statement),
    },
  });
  const body = withoutSemicolon(text);
  if (body !== text && (await parseOne(connection, body)).json !== tree.json)
    throw refusal(sql, { message: 'SQL: the end of the statement is not clear', hint: 'leave out the semicolon' });
  const from = tree.statement.from_table;
  const isShow = typeof from === 'object' && from !== null && 'type' in from && from.type === 'SHOW_REF';
  return {
    sql,
    kind: explain ? 'explain' : isShow ? 'describe' : 'select',
    tables: [...tables],
    body,
    tree,
    explain: explain && { analyze: explain.analyze, json: explain.json },
  };
};
