import { OpsError } from './errors.js';

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/y;

/**
 * Milliseconds of `90s`, `15m`, `1h30m`, `7d`, `2w`. Undefined where the text is no duration.
 *
 * @example durationMs('1h30m') // 5_400_000
 */
export const durationMs = (text: string): number | undefined => {
  let total = 0;
  part.lastIndex = 0;
  if (text === '') return undefined;
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    if (!found) return undefined;
    total += Number(found[1]) * unitMs[found[2] as keyof typeof unitMs];
  }
  return total;
};

/** As `durationMs`; throws `usage` that names the flag. */
export const parseDuration = (text: string, flag: string): number => {
  const ms = durationMs(text);
  if (ms === undefined)
    throw new OpsError('usage', `${flag}: "${text}" is not a duration`, 'use 90s, 15m, 1h30m, 7d or 2w');
  return ms;
};

/** Short form for people: `340ms`, `2.1s`, `3m20s`, `5h`, `2d4h`. */
export const formatDuration = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)}s`;
  const pairs = [
    ['d', unitMs.d],
    ['h', unitMs.h],
    ['m', unitMs.m],
    ['s', unitMs.s],
  ] as const;
  let rest = Math.round(ms / 1_000) * 1_000;
  const parts: string[] = [];
  for (const [unit, size] of pairs) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
    if (parts.length === 2) break;
  }
  return parts.join('');
};
