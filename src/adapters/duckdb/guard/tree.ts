import type { DuckDBConnection } from '@duckdb/node-api';
import { literal } from '../quote.js';
import { allowedStatements, refusal } from './refusal.js';

/** A node of the engine's syntax tree, as plain data. */
export interface TreeNode {
  readonly [key: string]: unknown;
}

export const isNode = (value: unknown): value is TreeNode =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export const placeOf = (node: TreeNode): number | undefined =>
  typeof node.query_location === 'number' && Number.isSafeInteger(node.query_location)
    ? node.query_location
    : undefined;

/** What the engine's own parser made of a text. */
export interface Parsed {
  /** The tree as the engine wrote it: numbers beyond 2^53 are whole only here. */
  readonly json: string;
  readonly statement: TreeNode;
}

const syntaxHint = 'see `ops help query`, or ask for the tables with SHOW TABLES';

const notSupported = (sql: string, found: string): Error =>
  refusal(sql, { message: `${found}: only ${allowedStatements} may run`, hint: syntaxHint, place: 0 });

/** Trees of texts that came lately: dashboards ask the same again and again. The tree follows from the text alone. */
const lately = new Map<string, string>();
const mostLately = 256;
const longestKept = 4_096;

const serialised = async (connection: DuckDBConnection, sql: string): Promise<string> => {
  const known = lately.get(sql);
  if (known !== undefined) return known;
  const json = await serialise(connection, sql);
  if (sql.length + json.length / 16 <= longestKept) lately.set(sql, json);
  const [oldest] = lately.keys();
  if (lately.size > mostLately && oldest !== undefined) lately.delete(oldest);
  return json;
};

const serialise = async (connection: DuckDBConnection, sql: string): Promise<string> => {
  const reader = await connection.runAndReadAll(
    `SELECT CAST(json_serialize_sql(${literal(sql)}, skip_default := true) AS VARCHAR)`,
  );
  return textOf(reader.getRows()[0]?.[0]);
};

const faultOf = (sql: string, answer: TreeNode): Error => {
  const text = textOf(answer.error_message).split('\n')[0] ?? '';
  if (textOf(answer.error_type) === 'not implemented') return notSupported(sql, 'this statement is not allowed');
  const position = Number(answer.position);
  return refusal(sql, {
    message: `SQL: ${text}`,
    hint: syntaxHint,
    place: answer.position !== undefined && Number.isFinite(position) ? position : undefined,
  });
};

/** The tree of exactly one statement that only reads. Everything else is `sql_parse_error`. */
export const parseOne = async (connection: DuckDBConnection, sql: string): Promise<Parsed> => {
  if (sql.includes('\0'))
    throw refusal(sql, { message: 'SQL: the text holds a zero byte', hint: 'take it out', place: 0 });
  const json = await serialised(connection, sql);
  const answer: unknown = JSON.parse(json);
  if (!isNode(answer)) throw notSupported(sql, 'this statement is not understood');
  if (answer.error === true) throw faultOf(sql, answer);
  const statements = listOf(answer.statements);
  if (statements.length === 0) throw notSupported(sql, 'there is no statement');
  if (statements.length > 1) throw notSupported(sql, `${statements.length} statements at once are not allowed`);
  const [statement] = statements;
  if (!isNode(statement) || !isNode(statement.node)) throw notSupported(sql, 'this statement is not understood');
  return { json, statement: statement.node };
};
