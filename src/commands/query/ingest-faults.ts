import { isOpsError, OpsError } from '../../base/errors.js';
import { type Chunk, type IngestAck, misfitColumn, type ScanFault } from '../../core/query/index.js';
import { countOf } from './count-of.js';
import type { IngestSource } from './ingest-source.js';

const leaveOut = 'leave such lines out with --skip-invalid --rejects FILE';

/** A line that is no row. */
export const badLine = ({ firstLine }: Chunk, { at, message }: ScanFault): OpsError => {
  const line = firstLine + at.line - 1;
  const { column } = at;
  return new OpsError(
    'invalid_data',
    `line ${line}, column ${column}: ${message}`,
    line === 1 && column === 1
      ? 'if this is not NDJSON, say what it is: --format csv, logfmt or text'
      : `correct the line, or ${leaveOut}`,
    { reason: 'bad_request_body', at: { line, column } },
  );
};

/** The error with the file it is about, where it tells of a line: the service knows bodies, not files. */
export const inFile = (error: unknown, { name, linesAreTheFiles, canSkip }: IngestSource): unknown => {
  if (!isOpsError(error)) return error;
  const { code, reason, at, exit, details } = error;
  const line = at?.line ?? details['line'];
  if (line === undefined) return error;
  // Whoever read the file has named it already.
  const isNamed = details['file'] !== undefined;
  const message = isNamed ? error.message : `${name}: ${error.message}${linesAreTheFiles ? '' : ' (counted in rows)'}`;
  const skippable = misfitColumn(error) !== undefined || (isNamed && canSkip);
  const hint = skippable ? `correct the line, or ${leaveOut}` : error.hint;
  return new OpsError(code, message, hint, { reason, at, exit, details: { ...details, file: name }, cause: error });
};

/** An error of the work with what it leaves behind: the rows that are stored. */
export const withCommitted = (error: unknown, acks: readonly IngestAck[], key: string | undefined): unknown => {
  if (!isOpsError(error)) return error;
  const rows = acks.reduce((sum, { rows_ingested }) => sum + rows_ingested, 0);
  if (rows === 0 && error.code !== 'invalid_data' && error.code !== 'interrupted') return error;
  const { code, hint, reason, at, exit, details } = error;
  const again =
    rows === 0 || key !== undefined
      ? ''
      : '; running it again would store those rows twice: --idempotency-key prevents that';
  return new OpsError(
    code,
    `${error.message}; ${countOf(rows, 'row')} committed so far`,
    `${hint ?? 'try again'}${again}`,
    { reason, at, exit, details, cause: error },
  );
};
