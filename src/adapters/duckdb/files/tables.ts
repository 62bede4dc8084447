import { differingColumns } from '../../../core/query/index.js';
import type { Input } from './input.js';
import { load } from './load.js';
import type { Loading, LoadScope } from './loading.js';
import { countOnly, guardedRelation, type Relation } from './relation.js';
import { depends, type StatementNeeds } from './statement-needs.js';

/** Relations by table name. */
export type Relations = ReadonlyMap<string, Relation>;

/** The files of a session: each is read once, when the first statement needs it. */
export interface FileTables {
  readonly names: readonly string[];
  /** What the engine may start with; where `certain`, that is the truth already. */
  begin(tables: readonly string[]): Promise<{ readonly relations: Relations; readonly certain: boolean }>;
  /**
   * For an aggregate over one big NDJSON file: how the engine can answer by itself, failing where it meets what only
   * the check of the whole file can settle. Undefined where it cannot.
   */
  unchecked(table: string, needs: StatementNeeds): Promise<Relation | undefined>;
  /** After every byte of these files has been checked. */
  finish(tables: readonly string[]): Promise<Relations>;
  /** As `finish`; files of which only the number of rows matters are not read again by the engine. */
  finishCounting(tables: readonly string[]): Promise<Relations>;
  bytes(tables: readonly string[]): number;
}

const entriesOf = async (
  tables: readonly string[],
  relation: (table: string) => Promise<Relation>,
): Promise<Relations> => {
  const entries = new Map<string, Relation>();
  for (const table of tables) entries.set(table, await relation(table));
  return entries;
};

/** Each file by its name, and by that name with `_` for `-` where it is free: such a name needs no quotes in SQL. */
const namedInputs = (inputs: readonly Input[]): ReadonlyMap<string, Input> => {
  const byName = new Map(inputs.map((input) => [input.table, input]));
  const taken = new Set(inputs.map(({ table }) => table.toLowerCase()));
  for (const input of inputs) {
    const plain = input.table.replaceAll('-', '_');
    if (!taken.has(plain.toLowerCase())) byName.set(plain, input);
    taken.add(plain.toLowerCase());
  }
  return byName;
};

export const fileTables = (inputs: readonly Input[], scope: LoadScope): FileTables => {
  const byName = namedInputs(inputs);
  const loadings = new Map<string, Promise<Loading>>();

  const loading = (table: string): Promise<Loading> => {
    const input = byName.get(table);
    if (!input) throw new RangeError(`no file is table ${table}`);
    const known = loadings.get(input.table);
    if (known) return known;
    const started = load(input, scope);
    loadings.set(input.table, started);
    return started;
  };

  const finish = (tables: readonly string[]): Promise<Relations> =>
    entriesOf(tables, async (table) => (await loading(table)).final());

  return {
    names: [...byName.keys()],
    begin: async (tables) => {
      let certain = true;
      const relations = await entriesOf(tables, async (table) => {
        const { first, certain: sure } = await loading(table);
        certain &&= sure;
        return first;
      });
      return { relations, certain };
    },
    unchecked: async (table, needs) => {
      const { first, certain } = await loading(table);
      const known = new Set([...needs.aliases, ...first.columns.map(({ name }) => name.toLowerCase())]);
      if (certain || needs.all || !needs.aggregates || [...needs.names].some((name) => !known.has(name)))
        return undefined;
      return guardedRelation(first, needs.names);
    },
    finish,
    finishCounting: (tables) =>
      entriesOf(tables, async (table) => {
        const { final, rows } = await loading(table);
        const relation = await final();
        const count = rows();
        return count === undefined ? relation : countOnly(relation, count);
      }),
    bytes: (tables) =>
      tables.reduce((sum, table) => {
        const input = byName.get(table);
        return sum + (input ? input.bytes || input.delivered() : 0);
      }, 0),
  };
};

/** Whether an answer over `first` is the answer over `final`, for a statement with these needs. */
export const holds = (first: Relations, final: Relations, needs: StatementNeeds): boolean =>
  [...final].every(([table, truth]) => {
    const guess = first.get(table);
    return guess?.source === truth.source && !depends(needs, differingColumns(guess.columns, truth.columns));
  });
