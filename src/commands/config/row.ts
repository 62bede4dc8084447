import { z } from 'zod';
import { OpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';
import { contextNamed, type KeyName, keyPlace, knownKey, maskSecrets, origins } from '../../core/config/index.js';

/** A key, its value and who says so. */
export const ConfigRow = z.object({
  key: z.string(),
  /** Null where nothing says anything. Secrets are masked. */
  value: z.string().nullable(),
  origin: z.enum(origins),
  /** The flag, variable or file; null for a default. */
  from: z.string().nullable(),
});
export type ConfigRow = z.infer<typeof ConfigRow>;

/** Throws what is wrong with the settings: a value shown in spite of it would mislead. */
export const soundSettings = (ctx: Context): Context['settings'] => {
  if (ctx.settings.fault) throw ctx.settings.fault;
  return ctx.settings;
};

/** The row of one key. */
export const configRow = (ctx: Context, key: KeyName): ConfigRow => {
  const found = ctx.settings.origins.get(key);
  return { key, value: found?.value || null, origin: found?.origin ?? 'default', from: found?.from || null };
};

/** `output`, or one context's own `contexts.prod.server`, as it stands in the file. Throws `not_found`. */
export const rowOf = async (ctx: Context, word: string): Promise<ConfigRow> => {
  if (!word.startsWith('contexts.')) return configRow(ctx, knownKey(word));

  const { key, context = '' } = keyPlace(word);
  const files = await ctx.configFiles();
  const spec = contextNamed(await files.read(), context);
  const value = Object.entries(spec).find(([name]) => name === key)?.[1];
  if (value === undefined) return { key: word, value: null, origin: 'default', from: null };
  return { key: word, value: maskSecrets(String(value)), origin: 'context', from: files.file };
};

/** Exit 3: `get` of something that is not there. */
export const notSet = (key: string): OpsError =>
  new OpsError('not_found', `"${key}" is not set`, `set it with \`ops config set ${key} VALUE\``, {
    reason: 'not_set',
  });
