import type { DuckDBConnection } from '@duckdb/node-api';
import { calledFunctions, commonAggregates, commonScalars } from './guard/common.js';
import { isNode, listOf, type TreeNode, textOf } from './guard/tree.js';

type Tables = ReadonlyMap<string, TreeNode | undefined>;

export interface RowWise {
  /** Only filters and projections of stored rows. */
  readonly rowWise: boolean;
  /** And of one table that is read once: slice after slice gives the rows in their order. */
  readonly sliceable: boolean;
}

const isEmpty = (value: unknown): boolean => listOf(value).length === 0;

/** Follows names through common table expressions and subqueries; false at the first thing that mixes rows. */
class Reading {
  /** How often a stored table is read. */
  reads = 0;
  private readonly aggregates: ReadonlySet<string>;

  constructor(aggregates: ReadonlySet<string>) {
    this.aggregates = aggregates;
  }

  query(value: unknown, outer: Tables): boolean {
    if (!isNode(value)) return false;
    const tables = new Map(outer);
    for (const entry of listOf(isNode(value.cte_map) ? value.cte_map.map : undefined)) {
      if (!isNode(entry) || !isNode(entry.value) || !isNode(entry.value.query)) return false;
      const inner = entry.value.query.node;
      // A table expression sees those that stand before it.
      tables.set(
        textOf(entry.key).toLowerCase(),
        isNode(inner) ? { query: inner, tables: new Map(tables) } : undefined,
      );
    }
    if (!isEmpty(value.modifiers)) return false;
    if (value.type === 'SET_OPERATION_NODE')
      return (
        value.setop_type === 'UNION' &&
        value.setop_all !== false &&
        this.query(value.left, tables) &&
        this.query(value.right, tables)
      );
    return value.type === 'SELECT_NODE' && this.select(value, tables);
  }

  private select(node: TreeNode, tables: Tables): boolean {
    const grouped =
      !isEmpty(node.group_expressions) || !isEmpty(node.group_sets) || node.aggregate_handling !== 'STANDARD_HANDLING';
    if (grouped || node.having !== undefined || node.qualify !== undefined || node.sample !== undefined) return false;
    return this.perRow(node.select_list) && this.perRow(node.where_clause) && this.relation(node.from_table, tables);
  }

  private relation(from: unknown, tables: Tables): boolean {
    if (!isNode(from) || from.sample !== undefined || from.at_clause !== undefined) return false;
    if (from.type === 'SUBQUERY') return isNode(from.subquery) && this.query(from.subquery.node, tables);
    if (from.type !== 'BASE_TABLE') return false;
    const name = textOf(from.table_name).toLowerCase();
    const schema = textOf(from.schema_name).toLowerCase();
    if (schema === 'information_schema') return false;
    if (schema !== '' || !tables.has(name)) {
      this.reads++;
      return true;
    }
    const found = tables.get(name);
    return found !== undefined && found.tables instanceof Map && this.query(found.query, found.tables);
  }

  private perRow(value: unknown): boolean {
    if (Array.isArray(value)) return value.every((item) => this.perRow(item));
    if (!isNode(value)) return true;
    if (value.class === 'CONSTANT') return true;
    if (value.class === 'WINDOW' || value.class === 'SUBQUERY') return false;
    if (value.class === 'FUNCTION' && this.aggregates.has(textOf(value.function_name).toLowerCase())) return false;
    return Object.values(value).every((part) => this.perRow(part));
  }
}

/** Aggregates that the engine knows by another name, or as a macro. */
const moreAggregates = `approx_distinct approx_median approx_percentile_cont var var_sample covar geomean geometric_mean
  wavg weighted_avg json_group_array json_group_object json_group_structure`.split(/\s+/);

let aggregates: ReadonlySet<string> | undefined;

/** Names, in lower case, of the aggregates that the statement may call; the engine is asked only where it has to be. */
export const aggregateNames = async (
  connection: DuckDBConnection,
  statement: TreeNode,
): Promise<ReadonlySet<string>> => {
  if ([...calledFunctions(statement)].every((name) => commonScalars.has(name))) return commonAggregates;
  if (aggregates) return aggregates;
  const reader = await connection.runAndReadAll(
    "SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE function_type = 'aggregate'",
  );
  aggregates = new Set([...moreAggregates, ...reader.getRows().map(([name]) => textOf(name))]);
  return aggregates;
};

/** Whether each row of the answer comes from one row of a table, by the syntax tree. `aggregates` in lower case. */
export const rowWise = (statement: TreeNode, aggregates: ReadonlySet<string>): RowWise => {
  const reading = new Reading(aggregates);
  const isRowWise = reading.query(statement, new Map()) && reading.reads > 0;
  return { rowWise: isRowWise, sliceable: isRowWise && reading.reads === 1 };
};
