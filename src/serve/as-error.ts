import { isOpsError, OpsError } from '../base/errors.js';

/** Any thrown value as an Error. */
export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new TypeError(String(thrown)));

/** Any thrown value as an OpsError: what nobody raised on purpose is `internal`. */
export const asOpsError = (thrown: unknown): OpsError =>
  isOpsError(thrown) ? thrown : new OpsError('internal', asError(thrown).message, undefined, { cause: thrown });
