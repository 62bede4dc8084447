import { durationMs } from './duration.js';
import { OpsError } from './errors.js';

const rfc3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const day = /^\d{4}-\d{2}-\d{2}$/;

/** The instant of an RFC 3339 text with a zone; undefined for anything else, also for dates that do not exist. */
export const rfc3339Instant = (text: string): Date | undefined => {
  const parts = rfc3339.exec(text);
  if (!parts) return undefined;
  const [, year, month, date, hour, minute, second] = parts.map(Number);
  const lastDay = new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate();
  const exists = (month ?? 0) >= 1 && (month ?? 0) <= 12 && (date ?? 0) >= 1 && (date ?? 0) <= lastDay;
  if (!exists || (hour ?? 99) > 23 || (minute ?? 99) > 59 || (second ?? 99) > 59) return undefined;
  const instant = new Date(text.replace(' ', 'T').toUpperCase());
  return Number.isNaN(instant.getTime()) ? undefined : instant;
};

/**
 * RFC 3339, `YYYY-MM-DD` (midnight UTC), `now`, or a duration ago (`15m`). Throws `usage` that names the flag.
 *
 * @example parseTime('10m', { flag: '--since', now: clock.now() })
 */
export const parseTime = (text: string, { flag, now }: { flag: string; now: Date }): Date => {
  if (text === 'now') return now;
  if (day.test(text)) {
    const instant = rfc3339Instant(`${text}T00:00:00Z`);
    if (instant) return instant;
  }
  const ago = durationMs(text);
  if (ago !== undefined) return new Date(now.getTime() - ago);
  const instant = rfc3339Instant(text);
  if (instant) return instant;
  throw new OpsError(
    'usage',
    `${flag}: "${text}" is not a time`,
    'use 2026-03-01T12:00:00Z, 2026-03-01, now, or a duration ago such as 15m',
  );
};
