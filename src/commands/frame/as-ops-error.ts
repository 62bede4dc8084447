import { isOpsError, OpsError } from '../../base/errors.js';

/** Whatever was thrown, as an error with code and hint: commander's become `usage`, the unknown ones `internal`. */
export const asOpsError = (thrown: unknown, usage?: string): OpsError => {
  if (isOpsError(thrown)) return thrown;
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') {
    if (thrown.code.startsWith('commander.')) return commanderError(thrown.message, usage);
    if (thrown.code === 'ENOSPC') return diskFull(thrown);
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new OpsError('internal', message === '' ? 'an unknown error without a message' : message, undefined, {
    cause: thrown,
  });
};

const diskFull = (cause: Error): OpsError =>
  new OpsError('unavailable', `no space left on the disk: ${cause.message}`, 'free some space and try again', {
    cause,
  });

/** Commander's sentences and ours. */
const plainer: readonly (readonly [RegExp, string])[] = [
  [/^error: /, ''],
  [/^option '(?:-\w, )?(-[\w-]+)[^']*' argument '(.*)' is invalid\. /s, '$1: "$2" is no valid value: '],
  [/^command-argument value '(.*)' is invalid for argument '(.*)'\. /s, '$2: "$1" is no valid value: '],
  [/Allowed choices are (.*)\.$/, 'use $1'],
  [/^required option '(.+)' not specified/, "missing flag '$1'"],
  [/^too many arguments.*Expected (\d+) arguments? but got (\d+)\./, 'too many arguments: $1 expected, $2 given'],
  [/^missing required argument '(.+)'/, 'missing argument $1'],
];

/** Commander's error in our words, arguments spelled as in the usage line. */
const commanderError = (text: string, usage: string | undefined): OpsError => {
  const message = plainer
    .reduce((sentence, [from, to]) => sentence.replace(from, to), text)
    .replace(/^missing argument (.+)/, (_all, name: string) => `missing argument ${name.toUpperCase()}`);
  return new OpsError('usage', message, usage === undefined ? 'see `ops --help`' : `usage: ${usage}`);
};
