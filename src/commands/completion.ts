import { Argument, Command } from 'commander';
import { documented } from './define.js';
import { shells } from './frame/completion/index.js';

/** Only its documentation: the frame writes the script from the manifest, before any context is opened. */
export const completionCommand = (): Command =>
  documented(
    new Command('completion')
      .summary('print a completion script for your shell')
      .addArgument(new Argument('<shell>', 'your shell').choices([...shells])),
    {
      examples: [
        { line: 'source <(ops completion bash)', does: 'this bash session' },
        { line: 'ops completion zsh > ~/.zfunc/_ops', does: 'zsh, where ~/.zfunc is in fpath' },
        { line: 'ops completion fish > ~/.config/fish/completions/ops.fish', does: 'fish' },
        { line: 'ops completion powershell | Out-String | Invoke-Expression', does: 'this PowerShell session' },
      ],
      route: 'none',
    },
  );
