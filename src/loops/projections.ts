import type { OpsRow, OpsTable } from '../core/query/index.js';
import type { StoredEvent } from '../core/shared/index.js';

/** One row of the reserved database. */
export type ProjectedRow = { [T in OpsTable]: { readonly table: T; readonly row: OpsRow<T> } }[OpsTable];

/** Names, ids and words are short; a payload's field that is longer is no such thing, and stays in `detail`. */
const maxTextLength = 4_096;

const text = (value: unknown): string | null =>
  typeof value === 'string' && value.length <= maxTextLength ? value : null;

const status = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 999 ? value : null;

/** `request_id` and the other columns from the payload; what is missing or of another kind there is null. */
const auditRow = ({ type, subject, at, payload }: StoredEvent): OpsRow<'audit'> => {
  const columns = {
    actor: text(payload['actor']),
    kind: text(payload['kind']),
    action: text(payload['action']),
    outcome: text(payload['outcome']),
    status: status(payload['status']),
    request_id: text(payload['request_id']),
  };
  const shown = new Set(Object.entries(columns).flatMap(([name, value]) => (value === null ? [] : [name])));
  const rest = Object.entries(payload).filter(([name, value]) => !shown.has(name) && value !== null);
  return {
    at: at.toISOString(),
    ...columns,
    action: columns.action ?? type.slice('audit.'.length),
    subject: subject.slice(0, maxTextLength),
    detail: rest.length === 0 ? null : Object.fromEntries(rest),
  };
};

/** Which events become rows of which table, by the beginning of their type. An area that adds a table adds a line. */
export const projections: Readonly<Record<`${string}.`, (event: StoredEvent) => ProjectedRow>> = {
  'audit.': (event) => ({ table: 'audit', row: auditRow(event) }),
};

export const projectedTypes: readonly string[] = Object.keys(projections);

/** The row of an event; undefined for one that is none's. */
export const project = (event: StoredEvent): ProjectedRow | undefined =>
  Object.entries(projections).find(([prefix]) => event.type.startsWith(prefix))?.[1](event);
