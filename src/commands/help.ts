import { Command } from 'commander';
import { documented } from './define.js';

/** Only its documentation: the frame answers `ops help` from the manifest, so that it works with a broken config. */
export const helpCommand = (): Command =>
  documented(
    new Command('help')
      .summary('explain a topic or a command')
      .argument('[words...]', 'a topic, or the words of a command'),
    {
      examples: [
        { line: 'ops help exit-codes', does: 'what a script can rely on' },
        { line: 'ops help query', does: 'the same as `ops query --help`' },
      ],
      route: 'none',
      complete: { words: 'topic' },
    },
  );
