import { Command } from 'commander';
import type { Context } from '../../context.js';
import { keyPlace, setKey } from '../../core/config/index.js';
import { documented } from '../define.js';
import { changeSetting, SettingChange } from './change.js';

/** `ops config set KEY VALUE`: writes config.yaml, keeping its comments. */
export const configSetCommand = (ctx: Context): Command =>
  documented(
    new Command('set')
      .summary('write a setting to config.yaml')
      .argument('<key>', 'name of the setting')
      .argument('<value>', 'its value')
      .action(async (word: string, value: string) => {
        const place = keyPlace(word);
        await changeSetting(ctx, place, { after: value, plan: (config) => setKey(config, place, value) });
      }),
    {
      examples: [
        { line: 'ops config set output json', does: 'a default for all commands' },
        { line: 'ops config set contexts.prod.read-only true', does: 'a setting of one context' },
        { line: 'ops config set lock-timeout 30s --dry-run', does: 'only show what would change' },
      ],
      route: 'none',
      output: SettingChange,
      exits: [3, 4, 5, 6, 9],
      mendsSettings: true,
      complete: { key: 'config-key' },
    },
  );
