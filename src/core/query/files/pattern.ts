import { OpsError } from '../../../base/errors.js';

/** A pattern of `--pattern`, ready for the engine (RE2). */
export interface LinePattern {
  /** With named groups spelled `(?P<name>…)`. */
  readonly re2: string;
  /** Names of the groups, in the order of the groups. */
  readonly columns: readonly string[];
  /** As the user wrote it. */
  readonly source: string;
}

/** `usage` that points at offset `at` of the pattern. */
export const patternFault = (source: string, at: number, message: string): OpsError =>
  new OpsError('usage', `--pattern: ${message}`, "use RE2 syntax, e.g. '(?<level>[A-Z]+) (?<msg>.*)'", {
    at: { line: 1, column: at + 1 },
    source,
  });

const name = /^[A-Za-z_][A-Za-z0-9_]*$/;
const reserved = new Set(['line', 'body']);

/** End of a character class that opens at `from`. */
const classEnd = (source: string, from: number): number => {
  let i = from + 1;
  if (source[i] === '^') i++;
  if (source[i] === ']') i++;
  for (; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source[i] === '[' && source[i + 1] === ':') {
      const close = source.indexOf(':]', i + 2);
      if (close > 0) i = close + 1;
    } else if (source[i] === ']') return i;
  }
  throw patternFault(source, from, '"[" is never closed');
};

interface Group {
  readonly name: string | undefined;
  /** Length of what opens it, and how RE2 spells that. */
  readonly length: number;
  readonly opening: string;
}

const openGroup = (source: string, at: number, seen: readonly string[]): Group => {
  const rest = source.slice(at);
  if (/^\(\?<?[=!]/.test(rest)) throw patternFault(source, at, 'look-ahead and look-behind do not exist in RE2');
  const named = /^\(\?P?<([^>]*)>/.exec(rest);
  if (named) {
    const group = named[1] ?? '';
    if (!name.test(group)) throw patternFault(source, at, `"${group}" is not a group name: use letters, digits and _`);
    if (reserved.has(group.toLowerCase()))
      throw patternFault(source, at, `a group may not be named "${group}": text files have that column`);
    if (seen.some((other) => other.toLowerCase() === group.toLowerCase()))
      throw patternFault(source, at, `two groups are named "${group}"`);
    return { name: group, length: named[0].length, opening: `(?P<${group}>` };
  }
  if (/^\(\?P?</.test(rest)) throw patternFault(source, at, 'the group name is never closed with ">"');
  const flags = /^\(\?(?:[imsU]+(?:-[imsU]+)?|-[imsU]+)?[:)]/.exec(rest);
  if (flags) return { name: undefined, length: flags[0].length, opening: flags[0] };
  if (rest.startsWith('(?')) throw patternFault(source, at, `"${rest.slice(0, 3)}" is no group of RE2`);
  return { name: undefined, length: 1, opening: '(?:' };
};

/**
 * Reads a pattern: finds its named groups and what RE2 would refuse for its brackets and groups. The rest (unknown
 * escapes, repetitions) is the engine's to refuse, see `refusedPattern`. A pattern without a named group is `usage`:
 * it would add no column. Groups without a name stop counting.
 *
 * @example parseLinePattern('(?<level>[A-Z]+)') // { re2: '(?P<level>[A-Z]+)', columns: ['level'], … }
 */
export const parseLinePattern = (source: string): LinePattern => {
  const columns: string[] = [];
  const open: number[] = [];
  let re2 = '';
  for (let i = 0; i < source.length; i++) {
    const c = source[i] ?? '';
    let to = i;
    if (source.startsWith('\\Q', i)) {
      const close = source.indexOf('\\E', i);
      to = close < 0 ? source.length - 1 : close + 1;
    } else if (c === '\\') to = Math.min(i + 1, source.length - 1);
    else if (c === '[') to = classEnd(source, i);
    else if (c === '(') {
      const group = openGroup(source, i, columns);
      if (group.name !== undefined) columns.push(group.name);
      if (!group.opening.endsWith(')')) open.push(i);
      re2 += group.opening;
      i += group.length - 1;
      continue;
    } else if (c === ')' && open.pop() === undefined) throw patternFault(source, i, '")" closes nothing');
    re2 += source.slice(i, to + 1);
    i = to;
  }
  const unclosed = open.pop();
  if (unclosed !== undefined) throw patternFault(source, unclosed, '"(" is never closed');
  if (columns.length === 0) throw patternFault(source, 0, 'no named group, so it would add no column');
  return { re2, columns, source };
};

/** The engine's refusal (`invalid escape sequence: \y`) as `usage` that points at the part it names. */
export const refusedPattern = (pattern: LinePattern, refusal: string): OpsError => {
  const [, message = refusal, part = ''] = /^([^:\n]*): (.*)$/.exec(refusal) ?? [];
  const at = part === '' ? -1 : pattern.source.indexOf(part);
  const place = at < 0 ? Math.max(pattern.source.length - 1, 0) : at;
  return patternFault(pattern.source, place, part === '' ? refusal : `${message}: ${part}`);
};
