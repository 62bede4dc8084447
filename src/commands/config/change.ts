import { z } from 'zod';
import type { Context } from '../../context.js';
import { type Config, type ConfigEdit, contextNamed, type KeyPlace, maskSecrets } from '../../core/config/index.js';

/** What `set` and `unset` did, or with `--dry-run` would do. */
export const SettingChange = z.object({
  key: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  changed: z.boolean(),
  dryRun: z.boolean(),
  file: z.string(),
});
export type SettingChange = z.infer<typeof SettingChange>;

const valueAt = (config: Config, { key, context }: KeyPlace): string | null => {
  const values = context === undefined ? config : contextNamed(config, context);
  const value = Object.entries(values).find(([name]) => name === key)?.[1];
  return value === undefined ? null : maskSecrets(String(value));
};

/** Changes one key of config.yaml and says so: the change on stdout, a sentence on stderr. */
export const changeSetting = async (
  ctx: Context,
  place: KeyPlace,
  { after, plan }: { readonly after: string | null; readonly plan: (config: Config) => readonly ConfigEdit[] },
): Promise<void> => {
  const files = await ctx.configFiles();
  let before: string | null = null;
  const { dryRun } = ctx.settings;
  const { file, changed } = await files.change(
    (config) => {
      const edits = plan(config);
      before = valueAt(config, place);
      return edits;
    },
    { dryRun },
  );
  const key = place.path.join('.');
  const change: SettingChange = { key, before, after: after && maskSecrets(after), changed, dryRun, file };
  await ctx.out.print(change, {
    lines: (it) => [
      [it.key, it.after ?? '(not set)'],
      ['before', it.before ?? '(not set)'],
      ['file', it.file],
    ],
    name: (it) => it.key,
  });
  if (dryRun)
    return ctx.err.note(`--dry-run: ${key} would ${changed ? '' : 'not '}change in ${file}; nothing was written`);
  if (!changed) return ctx.err.note(`nothing to change in ${file}`);
  ctx.err.note(`changed ${key} in ${file}`);
  warnOverridden(ctx, place);
};

/** A change that has no effect here and now would puzzle whoever made it. */
const warnOverridden = (ctx: Context, { key, context }: KeyPlace): void => {
  const said = ctx.settings.origins.get(key);
  const stronger = ['flag', 'environment', 'project file', ...(context === undefined ? ['context'] : [])];
  if (!said || (context !== undefined && context !== ctx.settings.context) || !stronger.includes(said.origin)) return;
  ctx.err.warn(`${key} is still ${said.value} here: ${said.from} is stronger`);
};
