import { OpsError } from '../../../base/errors.js';
import { nearest } from '../../../base/nearest.js';
import type { Manifest } from '../manifest.js';
import { bashScript } from './bash.js';
import { fishScript } from './fish.js';
import { powershellScript } from './powershell.js';
import { zshScript } from './zsh.js';

const scripts = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
} satisfies Readonly<Record<string, (manifest: Manifest) => string>>;

export const shells = Object.keys(scripts);

/** Text of `ops completion SHELL`. Throws `usage` for any other words. */
export const completionScript = (words: readonly string[], manifest: Manifest): string => {
  const [shell, extra] = words;
  const script = Object.entries(scripts).find(([name]) => name === shell)?.[1];
  if (script && extra === undefined) return script(manifest);
  const use = `use \`ops completion ${shells.join('|')}\``;
  if (shell === undefined) throw new OpsError('usage', 'missing argument SHELL', use);
  if (extra !== undefined) throw new OpsError('usage', `one shell at a time, not "${words.join(' ')}"`, use);
  const [near] = nearest(shell, shells);
  throw new OpsError(
    'usage',
    `no completion for "${shell}"`,
    near === undefined ? use : `did you mean ${near}? ${use}`,
  );
};
