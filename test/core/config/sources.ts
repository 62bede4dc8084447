import { posix } from 'node:path';
import { placesOf } from '../../../src/base/places.js';
import {
  type Config,
  type ConfigFlags,
  type EffectiveSettings,
  type ProjectConfig,
  resolveSettings,
} from '../../../src/core/config/index.js';

export interface Said {
  readonly flags?: ConfigFlags;
  readonly env?: Readonly<Record<string, string>>;
  readonly project?: ProjectConfig;
  readonly user?: Config;
  readonly terminal?: boolean;
}

/** Settings of somebody with the home `/home/ada`, standing in `/work`. */
export const settingsOf = ({ flags = {}, env = {}, project, user = {}, terminal = true }: Said): EffectiveSettings => {
  const surroundings = {
    env,
    cwd: '/work',
    home: '/home/ada',
    paths: { isAbsolute: posix.isAbsolute, join: (...parts: readonly string[]) => posix.join(...parts) },
  };
  const places = placesOf(surroundings);
  return resolveSettings({
    ...surroundings,
    flags,
    places,
    terminal: { stdin: terminal, stderr: terminal },
    user: { file: `${places.configDir}/config.yaml`, config: user },
    project: project && { file: '/repo/.ops.yaml', folder: '/repo', config: project },
  });
};
