import type { Context } from '../context.js';
import type { StoredNames } from '../core/query/index.js';
import { childrenOf, type Manifest } from './frame/manifest.js';

/** What a Tab may ask; each is opened when it is needed. */
export interface Known {
  readonly manifest: Manifest;
  storedNames(): Promise<StoredNames>;
  context(): Promise<Context>;
}

/** Names of one kind of object, for a Tab. */
type Names = (known: Known) => Promise<readonly string[]>;

const kinds = {
  table: async ({ storedNames }) =>
    (await storedNames()).tables.flatMap(({ database, name }) => [
      `${database}.${name}`,
      ...(database === 'default' ? [name] : []),
    ]),
  database: async ({ storedNames }) => (await storedNames()).databases,
  context: async ({ context }) => {
    const { contextsOf } = await import('../core/config/index.js');
    return contextsOf(await (await (await context()).configFiles()).read()).map(([name]) => name);
  },
  'config-key': async ({ context }) => [...(await context()).settings.origins.keys()],
  topic: async ({ manifest }) => [
    ...Object.keys(manifest.topics),
    ...childrenOf(manifest, []).map(({ path }) => path[0] ?? ''),
  ],
} satisfies Readonly<Record<string, Names>>;

/**
 * `ops __complete KIND PREFIX`: the names of this kind that begin with the prefix, one per line. Reads the local store
 * only: against a server it offers nothing, since a Tab must not wait for a network.
 */
export const completeNames = async (kind: string, prefix: string, known: Known): Promise<string> => {
  const names: Names | undefined = Object.entries(kinds).find(([name]) => name === kind)?.[1];
  if (!names) return '';
  const found = (await names(known)).filter((name) => name.startsWith(prefix) && /^[\w.@:/-]+$/.test(name));
  return [...new Set(found)]
    .sort()
    .map((name) => `${name}\n`)
    .join('');
};
