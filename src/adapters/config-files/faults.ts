import { OpsError } from '../../base/errors.js';

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** True where the file, or a folder on the way to it, does not exist. */
export const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(codeOf(error));

/** A file that cannot be read. */
export const unreadable = (file: string, error: unknown): OpsError => {
  const why = codeOf(error) === 'EISDIR' ? 'it is a directory' : `permission or disk (${codeOf(error) || 'unknown'})`;
  return new OpsError(
    'invalid_data',
    `config file ${file} cannot be read: ${why}`,
    `check it with \`ls -ld ${file}\``,
    {
      reason: 'config_unreadable',
      cause: error,
    },
  );
};

/** A file that cannot be written. */
export const unwritable = (file: string, error: unknown): OpsError => {
  const code = codeOf(error);
  if (['EACCES', 'EPERM'].includes(code))
    return new OpsError(
      'forbidden',
      `config file ${file} may not be written by you`,
      'check its permissions and its folder’s',
      {
        cause: error,
      },
    );
  return new OpsError(
    'unavailable',
    `config file ${file} cannot be written (${code || 'unknown'})`,
    'make room, or choose another folder with OPS_CONFIG_DIR',
    { reason: 'config_unwritable', cause: error },
  );
};
