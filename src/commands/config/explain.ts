import { Command } from 'commander';
import { z } from 'zod';
import type { Context } from '../../context.js';
import { keySpec, knownKey, origins } from '../../core/config/index.js';
import { documented } from '../define.js';
import { ConfigRow, configRow, soundSettings } from './row.js';

const Explanation = ConfigRow.extend({
  does: z.string(),
  type: z.string(),
  flag: z.string().nullable(),
  variable: z.string().nullable(),
  default: z.string().nullable(),
  /** Which files may set it. */
  files: z.array(z.enum(['project', 'context', 'user'])),
  /** Weaker answers, strongest first. */
  overridden: z.array(z.object({ value: z.string(), origin: z.enum(origins), from: z.string() })),
});
type Explanation = z.infer<typeof Explanation>;

const fileNames = { project: '.ops.yaml', context: 'a context', user: 'config.yaml' } as const;

const lines = (it: Explanation): readonly (readonly [string, string])[] => [
  [it.key, it.value ?? '(not set)'],
  ['from', it.from === null ? it.origin : `${it.origin}: ${it.from}`],
  ...it.overridden.map(({ value, origin, from }): [string, string] => [
    'overrides',
    `${value} (${from === '' ? origin : `${origin}: ${from}`})`,
  ]),
  ['meaning', it.does],
  ['type', it.type],
  ['flag', it.flag ?? '-'],
  ['variable', it.variable ?? '-'],
  ['files', it.files.map((file) => fileNames[file]).join(', ') || '-'],
];

/** `ops config explain KEY`: who says so, whom that overrides, and who else could. */
export const configExplainCommand = (ctx: Context): Command =>
  documented(
    new Command('explain')
      .summary('where the value of a setting comes from')
      .argument('<key>', 'name of the setting')
      .action(async (word: string) => {
        const key = knownKey(word);
        const settings = soundSettings(ctx);
        const { does, type, flag, variable, files, default: fallback } = keySpec(key);
        const explanation: Explanation = {
          ...configRow(ctx, key),
          does,
          type,
          flag: flag ?? null,
          variable: variable ?? null,
          default: fallback ?? null,
          files: [...files],
          overridden: [...(settings.origins.get(key)?.overridden ?? [])],
        };
        await ctx.out.print(explanation, { lines, name: (it) => it.key });
      }),
    {
      examples: [
        { line: 'ops config explain output', does: 'why the output looks as it does' },
        { line: 'ops config explain data-dir --jq .from', does: 'the file or variable that says so' },
      ],
      route: 'none',
      output: Explanation,
      exits: [3, 9],
      mendsSettings: true,
      complete: { key: 'config-key' },
    },
  );
