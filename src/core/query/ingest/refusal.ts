import { OpsError } from '../../../base/errors.js';
import type { Table } from '../model.js';

/** Rows of nothing but nulls cannot make a table: it would have no column, and the rows could not be kept. */
export const noColumns = ({ database, name }: Table): OpsError =>
  new OpsError(
    'invalid_data',
    `no row holds a value, and "${database}.${name}" has no columns yet`,
    'send a row with at least one value that is not null',
    { reason: 'bad_request_body' },
  );

/** A value that does not fit its column, as the error that the caller sees. `line` of the fault counts in the body. */
export const refusal = (fault: { readonly line: number; readonly message: string }, firstLine: number): OpsError => {
  const line = fault.line + firstLine - 1;
  return new OpsError('invalid_data', `line ${line}: ${fault.message}`, 'correct the rows and send them again', {
    reason: 'bad_request_body',
    details: { line },
  });
};
