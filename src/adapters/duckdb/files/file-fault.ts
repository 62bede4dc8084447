import { isOpsError, OpsError, type TextPosition } from '../../../base/errors.js';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** What the system says about reading the user's file `name`, in the user's words. */
export const readFault = (error: unknown, name: string): OpsError => {
  if (isOpsError(error)) return error;
  const code = codeOf(error);
  const cause = { cause: error };
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new OpsError('not_found', `file "${name}" not found`, 'check the path; `ls` shows what is there', cause);
  if (code === 'EISDIR')
    return new OpsError(
      'usage',
      `"${name}" is a directory`,
      'name the files in it: --from DIR/a.log --from DIR/b.log',
      cause,
    );
  if (code === 'EACCES' || code === 'EPERM')
    return new OpsError('forbidden', `no permission to read "${name}"`, `see who may: ls -l ${name}`, cause);
  return new OpsError('unavailable', `cannot read "${name}": ${code || String(error)}`, 'try again', cause);
};

/** A failed write to the spool: mostly a full disk. */
export const spoolFault = (error: unknown, folder: string): OpsError =>
  isOpsError(error)
    ? error
    : new OpsError(
        'unavailable',
        `cannot write a temporary file in ${folder}: ${codeOf(error) || String(error)}`,
        'make room there, or set TMPDIR to a folder with room',
        { cause: error },
      );

/** Bytes of `name` that are not what its format demands. */
export const dataFault = (
  name: string,
  fault: { readonly at?: TextPosition | undefined; readonly message: string; readonly cause?: unknown },
  hint = 'correct the file, or name the right format with --format',
): OpsError => {
  const place = fault.at ? `, line ${fault.at.line}, column ${fault.at.column}` : '';
  return new OpsError('invalid_data', `${name}${place}: ${fault.message}`, hint, {
    reason: 'invalid_file',
    cause: fault.cause,
    details: { file: name, ...(fault.at && { line: fault.at.line, column: fault.at.column }) },
  });
};
