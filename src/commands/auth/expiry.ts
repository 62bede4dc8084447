import { durationMs } from '../../base/duration.js';
import { OpsError } from '../../base/errors.js';
import { rfc3339Instant } from '../../base/time.js';

/** The last instant that RFC 3339 can write. */
const lastMs = Date.UTC(9999, 11, 31, 23, 59, 59);

const instantOf = (text: string, now: Date): number | undefined => {
  const duration = durationMs(text);
  if (duration !== undefined) return now.getTime() + duration;
  const instant = rfc3339Instant(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  return instant?.getTime();
};

/**
 * When something ends: a duration from now, an RFC 3339 instant, or a day (its midnight in UTC). Throws `usage` for
 * anything else, and for the past.
 *
 * @example parseExpiry('30d', now)
 */
export const parseExpiry = (text: string, now: Date): Date => {
  const ms = instantOf(text, now);
  if (ms === undefined || ms > lastMs)
    throw new OpsError(
      'usage',
      `--expires: "${text}" is no time to come`,
      'use a duration such as 30d or 12h, a day such as 2027-01-31, or 2027-01-31T12:00:00Z',
    );
  if (ms > now.getTime()) return new Date(ms);
  throw new OpsError(
    'usage',
    `--expires: ${text} is ${ms === now.getTime() ? 'now' : 'in the past'}`,
    'give a later time, or leave --expires out for a token that lasts until it is revoked',
  );
};
