import type { Database, Statement } from 'better-sqlite3';

type SqlValue = string | number | null;

/** Statements over one connection, prepared once each. Values are always bound. */
export interface Sql {
  get<Row>(text: string, ...values: readonly SqlValue[]): Row | undefined;
  all<Row>(text: string, ...values: readonly SqlValue[]): readonly Row[];
  /** How many rows it changed. */
  run(text: string, ...values: readonly SqlValue[]): number;
}

export const sqlOver = (db: Database): Sql => {
  const prepared = new Map<string, Statement<SqlValue[], unknown>>();
  const statement = (text: string): Statement<SqlValue[], unknown> => {
    const known = prepared.get(text);
    if (known) return known;
    const fresh = db.prepare<SqlValue[], unknown>(text);
    prepared.set(text, fresh);
    return fresh;
  };
  return {
    get: <Row>(text: string, ...values: readonly SqlValue[]) => statement(text).get(...values) as Row | undefined,
    all: <Row>(text: string, ...values: readonly SqlValue[]) => statement(text).all(...values) as Row[],
    run: (text, ...values) => statement(text).run(...values).changes,
  };
};
