import type { Notes } from './output.js';
import { parseSort, valueAt } from './select.js';

/** What is known of paths that lead below a field: only the data can say whether they lead anywhere. */
export interface PathWatch {
  /** Undefined where nothing has to be watched. */
  readonly see: ((value: unknown) => void) | undefined;
  /** Warns of each path that none of `count` records had. */
  warn(notes: Pick<Notes, 'warn'>, count: number): void;
}

/** Watches the nested paths of `--fields` and `--sort`: those that `names` does not have as they are. */
export const pathWatch = (
  asked: { readonly fields: readonly string[] | undefined; readonly sort: string | undefined },
  names: readonly string[],
): PathWatch => {
  const nested = (paths: readonly string[]): readonly string[] => paths.filter((path) => !names.includes(path));
  const fields = nested(asked.fields ?? []);
  const sort = nested(asked.sort === undefined ? [] : [parseSort(asked.sort).field]);
  const unseen = new Set([...fields, ...sort]);
  const see = (value: unknown): void => {
    for (const path of unseen) if (valueAt(value, path) !== undefined) unseen.delete(path);
  };
  return {
    see: unseen.size > 0 ? see : undefined,
    warn(notes, count) {
      if (count === 0) return;
      const nobody = (flag: string, path: string): string => `${flag}: nothing that is shown has "${path}"`;
      for (const path of fields) if (unseen.has(path)) notes.warn(`${nobody('--fields', path)}: it is null everywhere`);
      for (const path of sort) if (unseen.has(path)) notes.warn(`${nobody('--sort', path)}: the order stays`);
    },
  };
};
