import { Command } from 'commander';
import type { Context } from '../../context.js';
import { keyPlace, unsetKey } from '../../core/config/index.js';
import { documented } from '../define.js';
import { changeSetting, SettingChange } from './change.js';

/** `ops config unset KEY`: takes a setting out of config.yaml. What is not there stays away: exit 0. */
export const configUnsetCommand = (ctx: Context): Command =>
  documented(
    new Command('unset')
      .summary('take a setting out of config.yaml')
      .argument('<key>', 'name of the setting')
      .action(async (word: string) => {
        const place = keyPlace(word);
        await changeSetting(ctx, place, { after: null, plan: (config) => unsetKey(config, place) });
      }),
    {
      examples: [
        { line: 'ops config unset output', does: 'back to the default' },
        { line: 'ops config unset contexts.prod.protected', does: 'a setting of one context' },
      ],
      route: 'none',
      output: SettingChange,
      exits: [3, 4, 5, 6, 9],
      mendsSettings: true,
      complete: { key: 'config-key' },
    },
  );
