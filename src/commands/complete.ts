import type { Context } from '../context.js';
import { isVisible } from '../core/query/index.js';
import { childrenOf, type Manifest } from './frame/manifest.js';

/** Names of one kind of object, for a Tab. */
type Names = (ctx: Context, manifest: Manifest) => Promise<readonly string[]>;

const tables: Names = async (ctx) => {
  const stored = await ctx.stored();
  const names: string[] = [];
  for (const { name } of await stored.databases())
    for (const table of (await stored.tables(name)) ?? [])
      if (isVisible(table)) names.push(`${name}.${table.name}`, ...(name === 'default' ? [table.name] : []));
  return names;
};

const kinds = {
  table: tables,
  database: async (ctx) => (await (await ctx.stored()).databases()).map(({ name }) => name),
  context: async (ctx) => {
    const { contextsOf } = await import('../core/config/index.js');
    return contextsOf(await (await ctx.configFiles()).read()).map(([name]) => name);
  },
  'config-key': async (ctx) => [...ctx.settings.origins.keys()],
  topic: async (_ctx, manifest) => [
    ...Object.keys(manifest.topics),
    ...childrenOf(manifest, []).map(({ path }) => path[0] ?? ''),
  ],
} satisfies Readonly<Record<string, Names>>;

/**
 * `ops __complete KIND PREFIX`: the names of this kind that begin with the prefix, one per line. Reads the local store
 * only: against a server it offers nothing, since a Tab must not wait for a network.
 */
export const completeNames = async (
  ctx: Context,
  { kind, prefix, manifest }: { kind: string; prefix: string; manifest: Manifest },
): Promise<string> => {
  const names: Names | undefined = Object.entries(kinds).find(([name]) => name === kind)?.[1];
  const stored = kind === 'table' || kind === 'database';
  if (!names || (stored && ctx.settings.server !== undefined)) return '';
  const found = (await names(ctx, manifest)).filter((name) => name.startsWith(prefix) && /^[\w.@:/-]+$/.test(name));
  return [...new Set(found)]
    .sort()
    .map((name) => `${name}\n`)
    .join('');
};
