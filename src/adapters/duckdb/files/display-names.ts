import { isOpsError, OpsError } from '../../../base/errors.js';

/** Puts the user's own names in the place of paths that the engine tells. */
export interface DisplayNames {
  text(text: string): string;
  /** The same error without a path; anything but an OpsError as it is. */
  error(error: unknown): unknown;
}

/** `paths`: each real path with what the user calls it. Longer paths first, so that none hides in another. */
export const displayNames = (paths: ReadonlyMap<string, string>): DisplayNames => {
  const known = [...paths].sort(([a], [b]) => b.length - a.length);
  const text = (value: string): string => known.reduce((shown, [path, name]) => shown.replaceAll(path, name), value);
  return {
    text,
    error: (error) => {
      if (!isOpsError(error) || text(error.message) === error.message) return error;
      const { code, hint, ...facts } = error;
      return new OpsError(code, text(error.message), hint, { ...facts, cause: error });
    },
  };
};
