import type {
  CheckedStatement,
  EngineRun,
  EngineSession,
  Extent,
  QueryBudget,
  Table,
  TableSnapshot,
} from '../../core/query/index.js';
import { comparisonsOf } from './comparisons.js';
import { engineFault } from './errors.js';
import { execute } from './execution.js';
import { extentPath } from './extents/paths.js';
import { checkStatement, type GuardedStatement } from './guard/index.js';
import type { Lease } from './instance-pool.js';
import { asksForNow, frozenNow } from './macros.js';
import { planLines } from './plan.js';
import { pouringOf } from './pour.js';
import type { Pouring } from './pouring.js';
import { identifier } from './quote.js';
import { rewrite } from './rewrite.js';
import type { RowPipes } from './row-pipes.js';
import { aggregateNames, rowWise } from './row-wise.js';
import { emptyQuery, snapshotQuery } from './views.js';

export interface TableSessionScope {
  readonly dataDir: string;
  readonly database: string;
  readonly schema: string;
  readonly tables: readonly Table[];
  readonly budget: QueryBudget;
  readonly now: Date;
  readonly secrets: readonly string[];
  /** Whether rows may be poured into devices. */
  readonly pours: boolean;
  /** Pipes by which rows come into this process. */
  readonly pipes?: RowPipes | undefined;
}

/** What an instance knows of a table between queries: its columns, and no file. */
const stubOf = ({ columns }: Pick<Table, 'columns'>): string => emptyQuery(columns);

/** What makes the views of an instance, as earlier queries left them, those that are wanted now. */
const viewChanges = (lease: Lease, schema: string, wanted: ReadonlyMap<string, string>): readonly string[] => {
  const viewOf = (name: string): string => `${identifier(schema)}.${identifier(name)}`;
  const changes: string[] = [];
  for (const name of lease.known.keys()) if (!wanted.has(name)) changes.push(`DROP VIEW IF EXISTS ${viewOf(name)}`);
  for (const [name, query] of wanted)
    if (lease.known.get(name) !== query) changes.push(`CREATE OR REPLACE VIEW ${viewOf(name)} AS ${query}`);
  return changes;
};

/** A session on the stored tables of one database; the lease goes back when it is closed. */
export const tableSession = async (lease: Lease, scope: TableSessionScope): Promise<EngineSession> => {
  const { connection } = lease.instance;
  const { schema, tables, secrets, budget } = scope;
  const checked = new WeakMap<CheckedStatement, GuardedStatement>();
  let spoilt = false;
  let open = 0;
  let closing = false;

  const translated = (error: unknown, sql: string) => {
    const fault = engineFault(error, { sql, memoryBytes: budget.memoryBytes, secrets });
    // A broken engine instance answers nothing any more.
    if (fault.code === 'internal') spoilt = true;
    return fault;
  };
  const giveBack = (): void => {
    if (closing && open === 0) lease.release(spoilt);
  };
  const guarded = async (statement: CheckedStatement): Promise<GuardedStatement> =>
    checked.get(statement) ?? check(statement.sql);
  const check = async (sql: string): Promise<GuardedStatement> => {
    const names = tables.map(({ name }) => name);
    const statement = await checkStatement(connection, sql, {
      tables: names,
      database: scope.database,
      allowInformationSchema: true,
    }).catch((error: unknown) => {
      throw translated(error, sql);
    });
    if (asksForNow(statement.tree.json))
      await connection.run(frozenNow(scope.now)).catch((error: unknown) => {
        spoilt = true;
        throw translated(error, sql);
      });
    checked.set(statement, statement);
    return statement;
  };
  const namesFor = (statement: CheckedStatement): readonly string[] =>
    tables
      .filter(({ name }) => statement.tables.includes(name))
      .flatMap(({ columns }) => columns.map(({ name }) => name));
  const rowsOf = async (statement: GuardedStatement) =>
    rowWise(statement.tree.statement, await aggregateNames(connection, statement.tree.statement));
  const pathOf = (extent: Extent): string => extentPath(scope.dataDir, extent);
  const viewOf = (name: string): string => `${identifier(schema)}.${identifier(name)}`;

  /** The tables that the statement reads, at the snapshots of this run; of the others only that they are there. */
  const showExtents = async (statement: GuardedStatement, run: EngineRun): Promise<void> => {
    const wanted = new Map(tables.map((table) => [table.name, stubOf(table)]));
    for (const name of statement.tables) {
      const snapshot = run.tables.get(name);
      if (snapshot) wanted.set(name, snapshotQuery(atToday(snapshot, tables), pathOf));
    }
    const changes = viewChanges(lease, schema, wanted);
    if (changes.length === 0) return;
    lease.known.clear();
    await connection.run(changes.join(';\n')).catch((error: unknown) => {
      spoilt = true;
      throw translated(error, statement.sql);
    });
    for (const [name, query] of wanted) lease.known.set(name, query);
  };

  const pouringFor = async (statement: GuardedStatement, run: EngineRun): Promise<Pouring | undefined> => {
    const [name] = statement.tables;
    const snapshot = name === undefined ? undefined : run.tables.get(name);
    if (!(scope.pours || scope.pipes) || !snapshot || name === undefined || statement.kind !== 'select')
      return undefined;
    if (!(await rowsOf(statement)).sliceable) return undefined;
    const pouring = pouringOf(connection, { snapshot: atToday(snapshot, tables), view: viewOf(name), pathOf });
    return (
      pouring &&
      ((pour) => {
        lease.known.set(name, '');
        return pouring(pour);
      })
    );
  };

  return {
    check,
    comparisons: async (statement) => {
      const { tree } = await guarded(statement);
      // What cannot be evaluated prunes nothing; running the statement tells what is wrong with it.
      return comparisonsOf(connection, tree, tables).catch(() => []);
    },
    isRowWise: async (statement) => statement.kind === 'select' && (await rowsOf(await guarded(statement))).rowWise,
    execute: async (statement, run) => {
      const full = await guarded(statement);
      await showExtents(full, run);
      open++;
      let held = true;
      const close = async (): Promise<void> => {
        if (!held) return;
        held = false;
        open--;
        giveBack();
      };
      try {
        return await execute(connection, full, {
          budget: run.budget,
          signal: run.signal,
          secrets,
          names: namesFor(full),
          pouring: await pouringFor(full, run),
          pours: scope.pours,
          pipes: scope.pipes,
          spentMs: run.spentMs,
          close,
        });
      } catch (error) {
        await close();
        throw error;
      }
    },
    explain: async (statement, run) => {
      const full = await guarded(statement);
      await showExtents(full, run);
      try {
        const body = (await rewrite(connection, full.tree)) ?? full.body;
        const lines = await planLines(connection, body, { analyze: false, json: false, secrets });
        return lines.join('\n');
      } catch (error) {
        throw translated(error, statement.sql);
      }
    },
    close: async () => {
      closing = true;
      giveBack();
    },
  };
};

/** The columns of the session: what the statement was checked against, also where the table grew meanwhile. */
const atToday = (snapshot: TableSnapshot, tables: readonly Table[]): TableSnapshot => {
  const known = tables.find(({ id }) => id === snapshot.table.id);
  return known && known.schemaVersion > snapshot.table.schemaVersion
    ? { ...snapshot, table: { ...snapshot.table, columns: known.columns } }
    : snapshot;
};
