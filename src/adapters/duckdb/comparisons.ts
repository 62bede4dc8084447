import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnType, Comparison, StoredColumn } from '../../core/query/index.js';
import { constantTexts, isConstant } from './constants.js';
import { isNode, listOf, type Parsed, type TreeNode, textOf } from './guard/tree.js';
import { keepDigits } from './rewrite.js';

type Op = Comparison['op'];

/** A table as a comparison knows it. */
export interface ComparedTable {
  readonly name: string;
  readonly columns: readonly StoredColumn[];
}

interface Reference {
  /** Undefined for what is no stored table: its columns are nobody's business. */
  readonly table: ComparedTable | undefined;
  readonly alias: string;
  /** Rows of it that fail a condition of WHERE cannot matter. */
  readonly prunable: boolean;
}

interface Condition {
  readonly column: string;
  readonly type: ColumnType;
  readonly op: Op;
  readonly constants: readonly TreeNode[];
}

const ops: Readonly<Record<string, readonly [op: Op, flipped: Op]>> = {
  COMPARE_EQUAL: ['=', '='],
  COMPARE_LESSTHAN: ['<', '>'],
  COMPARE_LESSTHANOREQUALTO: ['<=', '>='],
  COMPARE_GREATERTHAN: ['>', '<'],
  COMPARE_GREATERTHANOREQUALTO: ['>=', '<='],
};

/** Which sides of a join lose nothing but rows that WHERE drops anyway. */
const keptSides: Readonly<Record<string, readonly [left: boolean, right: boolean]>> = {
  INNER: [true, true],
  LEFT: [true, false],
  RIGHT: [false, true],
  SEMI: [true, false],
  ANTI: [true, false],
};

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

class Collector {
  /** For each reading of a stored table, the conditions on it. */
  readonly readings: { readonly table: ComparedTable; readonly conditions: readonly Condition[] }[] = [];
  private readonly tables: readonly ComparedTable[];

  constructor(tables: readonly ComparedTable[]) {
    this.tables = tables;
  }

  visit(value: unknown, hidden: ReadonlySet<string>): void {
    if (Array.isArray(value)) for (const item of value) this.visit(item, hidden);
    if (!isNode(value) || value.class === 'CONSTANT') return;
    // Names of table expressions anywhere hide the table everywhere below: too much is safe, since what is hidden
    // might be read as well and is then taken as read without a condition.
    const names = listOf(isNode(value.cte_map) ? value.cte_map.map : undefined).map((entry) =>
      isNode(entry) ? textOf(entry.key).toLowerCase() : '',
    );
    const inner = names.length > 0 ? new Set([...hidden, ...names]) : hidden;
    if (value.type === 'SELECT_NODE') this.select(value, inner);
    for (const part of Object.values(value)) this.visit(part, inner);
  }

  private select(node: TreeNode, hidden: ReadonlySet<string>): void {
    const references = this.references(node.from_table, { prunable: true, hidden });
    const conjuncts = conjunctsOf(node.where_clause);
    for (const reference of references) {
      const { table } = reference;
      if (!table) continue;
      const single = references.length === 1;
      const conditions =
        reference.prunable && table ? conjuncts.flatMap((part) => conditionsOf(part, reference, single)) : [];
      this.readings.push({ table, conditions });
    }
  }

  private references(
    from: unknown,
    { prunable, hidden }: { prunable: boolean; hidden: ReadonlySet<string> },
  ): Reference[] {
    if (!isNode(from) || from.type === 'EMPTY') return [];
    if (from.type === 'JOIN') {
      const [left, right] =
        from.ref_type === 'REGULAR' || from.ref_type === 'CROSS' || from.ref_type === 'NATURAL'
          ? (keptSides[textOf(from.join_type)] ?? [false, false])
          : [false, false];
      return [
        ...this.references(from.left, { prunable: prunable && left, hidden }),
        ...this.references(from.right, { prunable: prunable && right, hidden }),
      ];
    }
    const name = textOf(from.table_name);
    const alias = textOf(from.alias) || name;
    const table = from.type === 'BASE_TABLE' ? this.tables.find((candidate) => same(candidate.name, name)) : undefined;
    const plain =
      from.sample === undefined && from.at_clause === undefined && listOf(from.column_name_alias).length === 0;
    const isHidden = textOf(from.schema_name) === '' && hidden.has(name.toLowerCase());
    return [{ table, alias, prunable: prunable && plain && !isHidden }];
  }
}

const conjunctsOf = (where: unknown): readonly TreeNode[] => {
  if (!isNode(where)) return [];
  return where.type === 'CONJUNCTION_AND' ? listOf(where.children).flatMap(conjunctsOf) : [where];
};

const columnOf = (value: unknown, { table, alias }: Reference, single: boolean): StoredColumn | undefined => {
  if (!isNode(value) || value.class !== 'COLUMN_REF' || !table) return undefined;
  const names = listOf(value.column_names).map(textOf);
  const column = names.at(-1) ?? '';
  const qualified = names.length === 2 && same(names[0] ?? '', alias);
  if (!qualified && !(names.length === 1 && single)) return undefined;
  return table.columns.find(({ name }) => same(name, column));
};

const conditionsOf = (part: TreeNode, reference: Reference, single: boolean): readonly Condition[] => {
  const hiding = new Set((reference.table?.columns ?? []).map(({ name }) => name.toLowerCase()));
  const made = (of: unknown, op: Op, constants: readonly unknown[]): readonly Condition[] => {
    const column = columnOf(of, reference, single);
    const nodes = constants.filter(isNode);
    const known = nodes.length === constants.length && nodes.every((node) => isConstant(node, hiding));
    return column && known ? [{ column: column.name, type: column.type, op, constants: nodes }] : [];
  };
  const [op, flipped] = ops[textOf(part.type)] ?? [];
  if (op && flipped) {
    const straight = made(part.left, op, [part.right]);
    return straight.length > 0 ? straight : made(part.right, flipped, [part.left]);
  }
  if (part.type === 'COMPARE_BETWEEN')
    return [...made(part.input, '>=', [part.lower]), ...made(part.input, '<=', [part.upper])];
  if (part.type !== 'COMPARE_IN') return [];
  const [input, ...values] = listOf(part.children);
  return values.length > 0 ? made(input, 'in', values) : [];
};

const keyOf = ({ column, op, values }: Comparison): string => JSON.stringify([column, op, values]);

/**
 * Comparisons that every row of these tables must satisfy to matter, wherever the statement reads the table. Values
 * come from the engine itself, so that `now()` is the one of the statement.
 */
export const comparisonsOf = async (
  connection: DuckDBConnection,
  tree: Parsed,
  tables: readonly ComparedTable[],
): Promise<readonly Comparison[]> => {
  const collector = new Collector(tables);
  collector.visit(JSON.parse(keepDigits(tree.json)), new Set());
  const flat = collector.readings.flatMap(({ conditions }) =>
    conditions.flatMap(({ constants, type }) => constants.map((expression) => ({ expression, type }))),
  );
  const texts = [...(await constantTexts(connection, flat))];
  const readings = collector.readings.map(({ table, conditions }) => ({
    table: table.name,
    comparisons: conditions.flatMap(({ column, op, constants }): Comparison[] => {
      const values = texts.splice(0, constants.length);
      const known = values.filter((value): value is string => value !== undefined);
      return known.length === values.length ? [{ table: table.name, column, op, values: known }] : [];
    }),
  }));
  const names = [...new Set(readings.map(({ table }) => table))];
  return names.flatMap((name) => {
    const [first, ...others] = readings.filter(({ table }) => table === name);
    return (first?.comparisons ?? []).filter((comparison) =>
      others.every(({ comparisons }) => comparisons.some((other) => keyOf(other) === keyOf(comparison))),
    );
  });
};
