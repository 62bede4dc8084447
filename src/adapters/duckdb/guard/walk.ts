import { allowedTableFunctions, isRefusedFunction } from './functions.js';
import { didYouMean, refusal } from './refusal.js';
import { emptyScope, type Scope } from './scope.js';
import { isNode, listOf, placeOf, type TreeNode, textOf } from './tree.js';

/** What a statement may name. */
export interface Allowed {
  /** Tables, as spelled in the catalogue. */
  readonly tables: readonly string[];
  /** The schema that may qualify them, beside none. */
  readonly database?: string | undefined;
  readonly informationSchema: boolean;
  /** In lower case. */
  readonly functions: ReadonlySet<string>;
}

/** What a statement names. */
export interface Named {
  readonly tables: ReadonlySet<string>;
}

/** Every kind of node without a class that a statement may hold. */
const parts = new Set(
  `SELECT_NODE SET_OPERATION_NODE RECURSIVE_CTE_NODE
   BASE_TABLE SUBQUERY JOIN EXPRESSION_LIST EMPTY EMPTY_FROM TABLE_FUNCTION PIVOT SHOW_REF
   DISTINCT_MODIFIER ORDER_MODIFIER LIMIT_MODIFIER LIMIT_PERCENT_MODIFIER
   ORDER_DEFAULT ASCENDING DESCENDING`.split(/\s+/),
);
const expressions = new Set(
  `CONSTANT COLUMN_REF FUNCTION OPERATOR CAST CASE COMPARISON CONJUNCTION BETWEEN SUBQUERY STAR WINDOW LAMBDA
   LAMBDA_REF COLLATE POSITIONAL_REFERENCE DEFAULT TYPE`.split(/\s+/),
);
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const informationViews = ['tables', 'columns', 'schemata'];
/** A function that is called by way of one of these could be another one than the one that was checked. */
const foreignSchemas = new Set(['system', 'temp', 'memory', 'pg_catalog', 'information_schema']);

/** Refuses what is not on a list of the harmless: a kind of node that a new engine adds is refused as well. */
class Walk {
  readonly tables = new Set<string>();
  private readonly sql: string;
  private readonly allowed: Allowed;

  constructor(sql: string, allowed: Allowed) {
    this.sql = sql;
    this.allowed = allowed;
  }

  private refuse(node: TreeNode, message: string, hint: string): never {
    throw refusal(this.sql, { message, hint, place: placeOf(node) });
  }

  any(value: unknown, scope: Scope): void {
    if (Array.isArray(value)) for (const item of value) this.any(item, scope);
    else if (isNode(value)) this.node(value, scope);
  }

  private node(node: TreeNode, scope: Scope): void {
    const inner = isNode(node.cte_map) ? this.withTables(node, node.cte_map, scope) : scope;
    if (typeof node.class === 'string') this.expression(node);
    else if (typeof node.type === 'string') this.relation(node, inner);
    // The parts of a constant are data: a struct in it may look like anything.
    if (node.class === 'CONSTANT') return;
    for (const [key, part] of Object.entries(node)) if (key !== 'cte_map') this.any(part, inner);
  }

  /** Each sees those before it; itself only where it is recursive. */
  private withTables(node: TreeNode, map: TreeNode, outer: Scope): Scope {
    let scope = outer;
    if (node.type === 'RECURSIVE_CTE_NODE') scope = scope.with(textOf(node.cte_name));
    for (const entry of listOf(map.map)) {
      if (!isNode(entry)) continue;
      this.any(entry.value, scope);
      scope = scope.with(textOf(entry.key));
    }
    return scope;
  }

  private expression(node: TreeNode): void {
    const kind = textOf(node.class);
    if (kind === 'PARAMETER')
      this.refuse(node, 'SQL: parameters are not supported', 'write the value itself in the place of ? or $1');
    if (!expressions.has(kind))
      this.refuse(node, `SQL: this expression is not allowed (${kind.toLowerCase()})`, 'write it in another way');
    if (kind === 'FUNCTION' || kind === 'WINDOW') this.call(node);
  }

  private call(node: TreeNode): void {
    const name = textOf(node.function_name).toLowerCase();
    const schema = textOf(node.schema).toLowerCase();
    if (node.catalog !== undefined || foreignSchemas.has(schema))
      this.refuse(node, `SQL: function "${name}" may not be qualified`, `call it as ${name}(…)`);
    if (this.allowed.functions.has(name) || allowedTableFunctions.has(name) || name === '') return;
    if (isRefusedFunction(name))
      this.refuse(
        node,
        `SQL: function "${name}" is not allowed`,
        'leave it out; a query reads its tables and nothing else',
      );
    this.refuse(
      node,
      `SQL: function "${name}" does not exist`,
      didYouMean(
        name,
        [...this.allowed.functions].filter((other) => /^[a-z]/.test(other)),
        'see `ops help query`',
      ),
    );
  }

  private relation(node: TreeNode, scope: Scope): void {
    const kind = textOf(node.type);
    if (kind === 'BASE_TABLE') this.table(node, scope);
    else if (kind === 'SHOW_REF') this.show(node);
    else if (kind === 'TABLE_FUNCTION') this.tableFunction(node);
    else if (!parts.has(kind) && !/_TYPE_INFO$/.test(kind))
      this.refuse(
        node,
        `SQL: this part of the statement is not allowed (${kind.toLowerCase()})`,
        'write it in another way',
      );
  }

  private table(node: TreeNode, scope: Scope): void {
    const name = textOf(node.table_name);
    const schema = textOf(node.schema_name);
    if (textOf(node.catalog_name) !== '') this.unknownTable(node, name);
    if (schema === '' && scope.has(name)) return;
    if (schema.toLowerCase() === 'information_schema') {
      if (this.allowed.informationSchema && informationViews.includes(name.toLowerCase())) return;
      this.refuse(node, `SQL: information_schema.${name} is not available`, `there are ${informationViews.join(', ')}`);
    }
    const own = schema === '' || schema.toLowerCase() === this.allowed.database?.toLowerCase();
    // Names that differ only in case are tables of their own: the one that is spelled so comes first.
    const found =
      this.allowed.tables.find((table) => table === name) ?? this.allowed.tables.find((table) => same(table, name));
    if (!own || found === undefined) this.unknownTable(node, schema === '' ? name : `${schema}.${name}`);
    else this.tables.add(found);
  }

  private unknownTable(node: TreeNode, name: string): never {
    if (/[/\\*:]|\.\w+$/.test(textOf(node.table_name)))
      this.refuse(node, `SQL: "${name}" is not a table`, 'files are read with `ops query --from FILE`');
    const tail = name.split('.').pop() ?? name;
    this.refuse(
      node,
      `SQL: table "${name}" does not exist`,
      didYouMean(tail, this.allowed.tables, 'list the tables with SHOW TABLES'),
    );
  }

  private show(node: TreeNode): void {
    if (isNode(node.query)) return;
    const what = textOf(node.table_name).replaceAll('"', '').toLowerCase();
    if (textOf(node.show_type) === 'SHOW_UNQUALIFIED' && what === 'tables') return;
    this.refuse(node, 'SQL: this SHOW is not allowed', 'use SHOW TABLES, or DESCRIBE with the name of a table');
  }

  private tableFunction(node: TreeNode): void {
    const call = isNode(node.function) ? node.function : node;
    const name = textOf(call.function_name).toLowerCase();
    if (!allowedTableFunctions.has(name))
      this.refuse(
        node,
        `SQL: table function "${name}" is not allowed`,
        `the table functions are ${[...allowedTableFunctions].join(', ')}`,
      );
  }
}

/** Walks the whole tree; throws `sql_parse_error` at the first thing that is not allowed. */
export const walk = (sql: string, { statement, allowed }: { statement: TreeNode; allowed: Allowed }): Named => {
  const walker = new Walk(sql, allowed);
  walker.any(statement, emptyScope);
  return { tables: walker.tables };
};
