import { isOpsError, OpsError } from '../../../base/errors.js';
import { ColumnType, type Table } from '../model.js';
import type { PlanRefusal } from './plan.js';
import type { TypedColumn } from './split-misfits.js';

/** Rows of nothing but nulls cannot make a table: it would have no column, and the rows could not be kept. */
export const noColumns = ({ database, name }: Table): OpsError =>
  new OpsError(
    'invalid_data',
    `no row holds a value, and "${database}.${name}" has no columns yet`,
    'send a row with at least one value that is not null',
    { reason: 'bad_request_body' },
  );

/** A value that does not fit its column, as the error that the caller sees. `line` of the fault counts in the body. */
export const refusal = (
  fault: Pick<PlanRefusal, 'line' | 'message' | 'column' | 'type'>,
  firstLine: number,
): OpsError => {
  const line = fault.line + firstLine - 1;
  return new OpsError('invalid_data', `line ${line}: ${fault.message}`, 'correct the rows and send them again', {
    reason: 'bad_request_body',
    details: { line, ...(fault.type !== undefined && { key: fault.column, type: fault.type }) },
  });
};

/** The column whose type a refused value does not fit; undefined for every other error. */
export const misfitColumn = (error: unknown): TypedColumn | undefined => {
  if (!isOpsError(error) || error.code !== 'invalid_data') return undefined;
  const { key } = error.details;
  const type = ColumnType.safeParse(error.details['type']);
  return typeof key === 'string' && type.success ? { name: key, type: type.data } : undefined;
};
