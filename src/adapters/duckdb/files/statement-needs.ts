import { isNode, listOf, type TreeNode, textOf } from '../guard/tree.js';

/** What a statement asks of the columns of its tables. */
export interface StatementNeeds {
  /** Every column, or which ones cannot be told: `*`, a whole row, natural joins, SHOW and DESCRIBE. */
  readonly all: boolean;
  /** Lower-case names it mentions as columns, anywhere; some are names of tables, or its own. */
  readonly names: ReadonlySet<string>;
  /** Lower-case names that it gives itself, to tables and to results. */
  readonly aliases: ReadonlySet<string>;
  /** It asks the catalogue, which tells of tables that the statement does not name. */
  readonly catalog: boolean;
  /** One aggregate over one table: no row leaves before all have been read. */
  readonly aggregates: boolean;
}

interface Found {
  all: boolean;
  catalog: boolean;
  /** Column references, each in its parts. */
  readonly references: (readonly string[])[];
  readonly aliases: Set<string>;
  readonly tables: Set<string>;
}

const lower = (value: unknown): string => textOf(value).toLowerCase();

/** Expressions whose columns are written down; anything else may stand for all of them. */
const transparent = new Set(
  `BETWEEN CASE CAST COLLATE COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION LAMBDA LAMBDA_REF OPERATOR SUBQUERY
   TYPE WINDOW`.split(/\s+/),
);
const opaqueRelation = /_REF$|PIVOT|DELIM|COLUMN_DATA/;

const note = (node: TreeNode, found: Found): void => {
  const kind = textOf(node.class);
  const relation = kind === '';
  if (kind === 'COLUMN_REF') found.references.push(listOf(node.column_names).map(lower));
  if (relation ? opaqueRelation.test(textOf(node.type)) : !transparent.has(kind)) found.all = true;
  if (lower(node.schema_name) === 'information_schema') found.catalog = true;
  if (node.ref_type === 'NATURAL') found.all = true;
  for (const name of listOf(node.using_columns)) found.references.push([lower(name)]);
  if (lower(node.alias) !== '') (relation ? found.tables : found.aliases).add(lower(node.alias));
  if (relation && lower(node.table_name) !== '') found.tables.add(lower(node.table_name));
};

const visit = (value: unknown, found: Found): void => {
  if (Array.isArray(value)) for (const item of value) visit(item, found);
  if (!isNode(value)) return;
  note(value, found);
  // The parts of a constant are data, whatever they look like.
  if (value.class === 'CONSTANT') return;
  for (const part of Object.values(value)) visit(part, found);
};

const wholeInput = new Set(['count_star', 'count', 'sum', 'min', 'max', 'avg']);

const isAggregate = (statement: TreeNode): boolean => {
  const { from_table: from, cte_map: ctes } = statement;
  const oneTable = isNode(from) && from.type === 'BASE_TABLE' && from.sample === undefined;
  const plain = statement.type === 'SELECT_NODE' && !(isNode(ctes) && listOf(ctes.map).length > 0);
  const calls = (item: unknown): boolean =>
    isNode(item) && item.class === 'FUNCTION' && wholeInput.has(lower(item.function_name));
  return plain && oneTable && listOf(statement.select_list).some(calls);
};

/** Reads the engine's own tree of a statement. */
export const statementNeeds = (statement: TreeNode): StatementNeeds => {
  const found: Found = { all: false, catalog: false, references: [], aliases: new Set(), tables: new Set() };
  visit(statement, found);
  const { tables, references } = found;
  // `SELECT t FROM t` is the whole row; in `t.level` the table is only where the column comes from.
  const isTable = ([name = '']: readonly string[]): boolean => tables.has(name);
  const columns = references.flatMap((parts) => (parts.length > 1 && isTable(parts) ? parts.slice(1) : parts));
  return {
    all: found.all || references.some((parts) => parts.length === 1 && isTable(parts)),
    names: new Set(columns),
    aliases: found.aliases,
    catalog: found.catalog,
    aggregates: isAggregate(statement),
  };
};

/** Whether an answer that was computed with other types or columns than the true ones must be thrown away. */
export const depends = ({ all, names }: StatementNeeds, differing: ReadonlySet<string>): boolean =>
  differing.size > 0 && (all || [...differing].some((name) => names.has(name)));

/** No column at all: only how many rows there are. */
export const countsOnly = ({ all, names }: StatementNeeds): boolean => !all && names.size === 0;
