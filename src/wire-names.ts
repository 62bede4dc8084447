import type { StoredNames } from './core/query/index.js';

/**
 * What is stored where commands without flags work, for a Tab: without settings' schemas, services and engine.
 * Nothing where a server is asked, since a Tab must not wait for a network; undefined where only a whole Context can
 * tell. Rejects where the store cannot be read.
 */
export const quickNames = async (
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<StoredNames | undefined> => {
  const { peekWorkplace } = await import('./adapters/config-files/peek.js');
  const workplace = await peekWorkplace(env, cwd);
  if (!workplace) return undefined;
  if (workplace.server !== undefined) return { databases: [], tables: [] };
  const { storedNames } = await import('./adapters/sqlite/stored-names.js');
  return storedNames(workplace.dataDir);
};
