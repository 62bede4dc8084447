import type { DuckDBConnection } from '@duckdb/node-api';
import { isNode, listOf, type Parsed, type TreeNode, textOf } from './guard/tree.js';
import { literal } from './quote.js';

/** A function that becomes another expression before the engine binds the statement. */
export interface RewrittenFunction {
  readonly name: string;
  readonly note: string;
  /** Undefined: leave the call as it is. */
  readonly rewrite: (call: TreeNode, children: readonly unknown[]) => TreeNode | undefined;
}

const renamed =
  (name: string) =>
  (call: TreeNode): TreeNode => ({ ...call, function_name: name });

const constant = (type: string, value: string | number): TreeNode => ({
  class: 'CONSTANT',
  type: 'VALUE_CONSTANT',
  value: { type: { id: type }, is_null: false, value },
});

const call = (name: string, children: readonly unknown[]): TreeNode => ({
  class: 'FUNCTION',
  type: 'FUNCTION',
  function_name: name,
  children,
  order_bys: { type: 'ORDER_MODIFIER' },
});

const constantText = (node: unknown): string | undefined => {
  if (!isNode(node) || node.class !== 'CONSTANT' || !isNode(node.value)) return undefined;
  return typeof node.value.value === 'string' ? node.value.value : undefined;
};

const arrowTypes: Readonly<Record<string, string>> = {
  boolean: 'BOOLEAN',
  int8: 'TINYINT',
  int16: 'SMALLINT',
  int32: 'INTEGER',
  int64: 'BIGINT',
  uint8: 'UTINYINT',
  uint16: 'USMALLINT',
  uint32: 'UINTEGER',
  uint64: 'UBIGINT',
  float16: 'FLOAT',
  float32: 'FLOAT',
  float64: 'DOUBLE',
  utf8: 'VARCHAR',
  largeutf8: 'VARCHAR',
  utf8view: 'VARCHAR',
  binary: 'BLOB',
  largebinary: 'BLOB',
  date32: 'DATE',
  date64: 'DATE',
};

const engineType = (arrow: string): string | undefined => {
  if (/^timestamp\(\w+,\s*none\)$/i.test(arrow)) return 'TIMESTAMP';
  if (/^timestamp\(/i.test(arrow)) return 'TIMESTAMP WITH TIME ZONE';
  if (/^time(32|64)\(/i.test(arrow)) return 'TIME';
  if (/^interval/i.test(arrow)) return 'INTERVAL';
  return arrowTypes[arrow.toLowerCase()];
};

const arrowCast: RewrittenFunction['rewrite'] = (node, [value, type]) => {
  const id = engineType(constantText(type) ?? '');
  return id === undefined
    ? undefined
    : { class: 'CAST', type: 'OPERATOR_CAST', query_location: node.query_location, child: value, cast_type: { id } };
};

const namedStruct: RewrittenFunction['rewrite'] = (node, children) => {
  const fields: TreeNode[] = [];
  for (let index = 0; index < children.length; index += 2) {
    const alias = constantText(children[index]);
    const value = children[index + 1];
    if (alias === undefined || !isNode(value)) return undefined;
    fields.push({ ...value, alias });
  }
  return { ...node, function_name: 'struct_pack', children: fields };
};

/** Capturing groups of a pattern: parentheses that are neither escaped, nor in a class, nor marked otherwise. */
const groupCount = (pattern: string): number =>
  pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]/g, '').match(/\((?!\?)|\(\?P?<(?![=!])/g)?.length ?? 0;

/** Flags must be constants for the engine, so no macro can pass them on. */
const regexpMatch: RewrittenFunction['rewrite'] = (_, [text, pattern, ...flags]) => {
  const groups = groupCount(constantText(pattern) ?? '');
  const wanted = groups === 0 ? [0] : Array.from({ length: groups }, (_ignored, index) => index + 1);
  const parts = wanted.map((group) => call('regexp_extract', [text, pattern, constant('INTEGER', group), ...flags]));
  return {
    class: 'CASE',
    type: 'CASE_EXPR',
    case_checks: [
      { when_expr: call('regexp_matches', [text, pattern, ...flags]), then_expr: call('list_value', parts) },
    ],
    else_expr: { class: 'CONSTANT', type: 'VALUE_CONSTANT', value: { type: { id: 'NULL' }, is_null: true } },
  };
};

const regexpCount: RewrittenFunction['rewrite'] = (_, [text, pattern, start, flags]) => {
  const searched = start === undefined ? text : call('substring', [text, start]);
  const more = flags === undefined ? [] : [constant('INTEGER', 0), flags];
  return call('len', [call('regexp_extract_all', [searched, pattern, ...more])]);
};

const median: RewrittenFunction['rewrite'] = (node, children) => ({
  ...node,
  function_name: 'approx_quantile',
  children: [...children, constant('DOUBLE', 0.5)],
});

/** What no macro can do: any number of arguments, a type as an argument, aggregates with FILTER and OVER. */
export const rewrittenFunctions: readonly RewrittenFunction[] = [
  {
    name: 'approx_distinct',
    note: 'Approximate number of distinct values.',
    rewrite: renamed('approx_count_distinct'),
  },
  { name: 'approx_median', note: 'Approximate median.', rewrite: median },
  { name: 'approx_percentile_cont', note: 'Approximate percentile `p`, 0 … 1.', rewrite: renamed('approx_quantile') },
  { name: 'var', note: 'Sample variance.', rewrite: renamed('var_samp') },
  { name: 'var_sample', note: 'Sample variance.', rewrite: renamed('var_samp') },
  { name: 'covar', note: 'Sample covariance.', rewrite: renamed('covar_samp') },
  { name: 'make_array', note: 'A list of the arguments.', rewrite: renamed('list_value') },
  { name: 'named_struct', note: 'A struct of pairs of a name (a literal) and a value.', rewrite: namedStruct },
  {
    name: 'arrow_cast',
    note: "The value as this Arrow type, e.g. `'Int64'`, `'Timestamp(Microsecond, None)'`.",
    rewrite: arrowCast,
  },
  { name: 'regexp_like', note: 'True where the pattern (RE2) is found anywhere.', rewrite: renamed('regexp_matches') },
  {
    name: 'regexp_match',
    note: 'Groups of the first match as a list, the whole match where the pattern has none; null without a match. Groups are known where the pattern is a literal.',
    rewrite: regexpMatch,
  },
  { name: 'regexp_count', note: 'How often the pattern is found, from character `start` on.', rewrite: regexpCount },
];

const byName = new Map(rewrittenFunctions.map((entry) => [entry.name, entry]));

interface Rewriting {
  changed: boolean;
}

const rewritten = (value: unknown, state: Rewriting): unknown => {
  if (Array.isArray(value)) return value.map((item) => rewritten(item, state));
  if (!isNode(value) || value.class === 'CONSTANT') return value;
  const parts: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) parts[key] = rewritten(part, state);
  const entry =
    value.class === 'FUNCTION' || value.class === 'WINDOW'
      ? byName.get(textOf(value.function_name).toLowerCase())
      : undefined;
  const replacement = entry?.rewrite(parts, listOf(parts.children));
  if (!replacement) return parts;
  state.changed = true;
  // The column keeps the name that the user sees in the text.
  return replacement.alias === undefined && value.alias !== undefined
    ? { ...replacement, alias: value.alias }
    : replacement;
};

const tag = '\u0001n';

/** Long digits are carried as text: a JavaScript number would round them. */
export const keepDigits = (json: string): string =>
  json.replace(/(?<!\\)":(-?\d{16,})(?=[,}\]])/g, `":"${tag.replace('\u0001', '\\u0001')}$1"`);

/** The reverse of `keepDigits`. */
export const giveDigits = (json: string): string => json.replace(/"\\u0001n(-?\d+)"/g, '$1');

/**
 * The text to run in the place of `body`: with the functions above replaced, or undefined where it uses none. Made
 * from the syntax tree, so places in its errors mean nothing.
 */
export const rewrite = async (connection: DuckDBConnection, tree: Parsed): Promise<string | undefined> => {
  if (!rewrittenFunctions.some(({ name }) => tree.json.toLowerCase().includes(`"${name}"`))) return undefined;
  const state: Rewriting = { changed: false };
  const whole = rewritten(JSON.parse(keepDigits(tree.json)), state);
  if (!state.changed) return undefined;
  const reader = await connection.runAndReadAll(
    `SELECT json_deserialize_sql(CAST(${literal(giveDigits(JSON.stringify(whole)))} AS JSON))`,
  );
  return textOf(reader.getRows()[0]?.[0]);
};
