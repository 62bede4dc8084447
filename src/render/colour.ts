import type { Tone } from './view.js';

export type ColourFlag = 'auto' | 'always' | 'never';

type Environment = Readonly<Record<string, string | undefined>>;

const set = (value: string | undefined): value is string => value !== undefined && value !== '';

/**
 * Whether a stream gets colour: the flag, then `NO_COLOR`, then `FORCE_COLOR` and `CLICOLOR_FORCE` (`0` is off), then
 * `TERM=dumb`, then whether this very stream is a terminal.
 */
export const usesColour = (facts: {
  readonly flag: ColourFlag;
  readonly env: Environment;
  readonly isTerminal: boolean;
}): boolean => {
  const { flag, env, isTerminal } = facts;
  if (flag !== 'auto') return flag === 'always';
  if (set(env.NO_COLOR)) return false;
  for (const force of [env.FORCE_COLOR, env.CLICOLOR_FORCE]) if (set(force)) return force !== '0' && force !== 'false';
  if (env.TERM === 'dumb') return false;
  return isTerminal;
};

/** Whether bars, trees and check marks may leave ASCII: the locale says UTF-8 (unset counts as UTF-8), no Linux console. */
export const usesUnicode = (env: Environment): boolean => {
  if (env.TERM === 'linux' || env.TERM === 'dumb') return false;
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find(set);
  return locale === undefined || /utf-?8/i.test(locale);
};

const codes: Readonly<Record<Tone | 'head', readonly [on: number, off: number]>> = {
  good: [32, 39],
  warn: [33, 39],
  bad: [31, 39],
  dim: [2, 22],
  head: [1, 22],
};

/** The text in its tone where `colour` is true, else untouched. */
export const paint = (text: string, tone: Tone | 'head' | undefined, colour: boolean): string => {
  if (!colour || tone === undefined || text === '') return text;
  const [on, off] = codes[tone];
  return `\u001b[${on}m${text}\u001b[${off}m`;
};
