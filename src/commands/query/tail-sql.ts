import { quotedName } from './shell/keywords.js';

export interface Tail {
  readonly table: string;
  /** Undefined for a table without one: then "newest" is "stored last". */
  readonly timeColumn: string | undefined;
  /** Only rows of this instant and later. */
  readonly since: Date | undefined;
  /** A condition in SQL. */
  readonly where: string | undefined;
  /** How many at most; undefined = all. */
  readonly rows: number | undefined;
}

const position = quotedName(' position');

/** A condition on a line of its own, so that a comment in it cannot swallow what follows. */
const conditions = ({ timeColumn, since, where }: Tail): string => {
  const parts = [
    ...(since && timeColumn ? [`${quotedName(timeColumn)} >= TIMESTAMPTZ '${since.toISOString()}'`] : []),
    ...(where === undefined ? [] : [`(${where}\n)`]),
  ];
  return parts.length === 0 ? '' : ` WHERE ${parts.join(' AND ')}`;
};

/** The rows of each later ingest, as they come: only filters, so that it can be followed. */
export const followSql = (tail: Tail): string => `SELECT * FROM ${quotedName(tail.table)}${conditions(tail)}`;

/**
 * The newest rows, newest last. Rows of one instant stay in the order in which they were stored; rows without a time
 * count as the oldest.
 */
export const tailSql = (tail: Tail): string => {
  const { table, timeColumn, rows } = tail;
  const keys = (direction: 'ASC' | 'DESC'): string =>
    [
      ...(timeColumn === undefined
        ? []
        : [`${quotedName(timeColumn)} ${direction} NULLS ${direction === 'ASC' ? 'FIRST' : 'LAST'}`]),
      `${position} ${direction}`,
    ].join(', ');
  const numbered = `SELECT *, row_number() OVER () AS ${position} FROM ${quotedName(table)}${conditions(tail)}`;
  const newest = rows === undefined ? numbered : `SELECT * FROM (${numbered}) ORDER BY ${keys('DESC')} LIMIT ${rows}`;
  return `SELECT * EXCLUDE (${position}) FROM (${newest}) ORDER BY ${keys('ASC')}`;
};
