import type { DuckDBConnection } from '@duckdb/node-api';
import { scrubbed } from './errors.js';

interface PlanNode {
  readonly name: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly children: readonly PlanNode[];
}

/** What would show where files lie. */
const hidden = /file|path|^text$/i;

const factText = (value: unknown): string => (Array.isArray(value) ? value.map(String).join(', ') : String(value));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const nodeOf = (raw: unknown, analyze: boolean): PlanNode => {
  const node = isObject(raw) ? raw : {};
  const extra = isObject(node.extra_info) ? node.extra_info : {};
  const measured: [string, string][] = analyze
    ? [
        ['Rows', String(node.operator_cardinality ?? '')],
        ['Seconds', Number(node.operator_timing ?? 0).toFixed(4)],
      ]
    : [];
  const facts = Object.entries(extra)
    .filter(([key, value]) => !hidden.test(key) && factText(value) !== '')
    .map(([key, value]): [string, string] => [key, factText(value)]);
  return {
    name: String(node.operator_name ?? node.name ?? node.operator_type ?? '').trim(),
    facts: [...facts, ...measured.filter(([, value]) => value !== '')],
    children: (Array.isArray(node.children) ? node.children : []).map((child) => nodeOf(child, analyze)),
  };
};

const textLines = ({ name, facts, children }: PlanNode, depth = 0): string[] => {
  const indent = '  '.repeat(depth);
  const shown = facts.map(([key, value]) => `${indent}  ${key}: ${value.replace(/\s*\n\s*/g, ', ')}`);
  return [`${indent}${name}`, ...shown, ...children.flatMap((child) => textLines(child, depth + 1))];
};

const plain = ({ name, facts, children }: PlanNode): unknown => ({
  name,
  ...Object.fromEntries(facts),
  children: children.map(plain),
});

/** The operators, without the frame that ANALYZE puts around them. */
const rootsOf = (raw: unknown, analyze: boolean): readonly PlanNode[] => {
  const list: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  const roots = list.map((root) => nodeOf(root, analyze));
  const isFrame = ({ name }: PlanNode): boolean => name === '' || name === 'EXPLAIN_ANALYZE' || name === 'QUERY';
  const unframed = (root: PlanNode): readonly PlanNode[] => (isFrame(root) ? root.children.flatMap(unframed) : [root]);
  return roots.flatMap(unframed);
};

/** The engine's plan of `body`, an indented line per fact, without any path. `analyze` runs the statement. */
export const planLines = async (
  connection: DuckDBConnection,
  body: string,
  how: { readonly analyze: boolean; readonly json: boolean; readonly secrets: readonly string[] },
): Promise<readonly string[]> => {
  const options = how.analyze ? 'ANALYZE, FORMAT json' : 'FORMAT json';
  const reader = await connection.runAndReadAll(`EXPLAIN (${options}) ${body}`);
  const raw: unknown = JSON.parse(String(reader.getRows()[0]?.[1] ?? '[]'));
  const roots = rootsOf(raw, how.analyze);
  const lines = how.json
    ? JSON.stringify(roots.map(plain), null, 2).split('\n')
    : roots.flatMap((root) => textLines(root));
  return lines.map((line) => scrubbed(line, how.secrets));
};
