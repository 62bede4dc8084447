import { kind } from '../ingest/index.js';
import { isTimestamp } from '../ingest/timestamp.js';

const utf8 = new TextEncoder();

const integer = /^-?(?:0|[1-9]\d*)$/;
const fraction = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const fullTime =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

const largest = 2n ** 63n - 1n;
/** More digits than a number keeps. */
const mostDigits = 17;

// Beyond 64 bit it is more likely an id than a number, and would lose digits as one.
const integerKind = (text: string): number => {
  if (text.length < 16) return kind.int;
  const value = BigInt(text);
  if (value > largest || value < -largest - 1n) return kind.text;
  return Number.isSafeInteger(Number(text)) ? kind.int : kind.int | kind.bigInt;
};

const fractionKind = (text: string): number => {
  if (text.length <= mostDigits && !/[eE]/.test(text)) return kind.fraction;
  const digits = text.replace(/[eE].*$|\D/g, '').length;
  return digits <= mostDigits && Number.isFinite(Number(text)) ? kind.fraction : kind.text;
};

// The pattern lets the 31st of every month pass; only the last days need the calendar.
const isFullTime = (text: string): boolean => {
  if (!fullTime.test(text)) return false;
  // Near the ends of the calendar the zone decides whether the instant is within it.
  if (/^(?:000[01]|9999)/.test(text)) return isTimestamp(utf8.encode(text), 0, text.length);
  const day = Number(text.slice(8, 10));
  if (day <= 28) return true;
  const last = new Date(0);
  last.setUTCFullYear(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0);
  return day <= last.getUTCDate();
};

/**
 * Kind of a value that is only known as text (logfmt, CSV): what JSON would write without quotes counts as number or
 * boolean, a full RFC 3339 time with a zone as timestamp, all else is text: `007`, `+1`, `1,5`, `NaN`, `-0` lose nothing.
 */
export const textKind = (text: string): number => {
  const first = text.charCodeAt(0);
  const numeric = first === 45 || (first >= 48 && first <= 57);
  if (!numeric) return text === 'true' || text === 'false' ? kind.bool : kind.text;
  if (text.length >= 20 && text.charCodeAt(4) === 45) return isFullTime(text) ? kind.timestamp : kind.text;
  if (text === '-0') return kind.text;
  if (integer.test(text)) return integerKind(text);
  return fraction.test(text) ? fractionKind(text) : kind.text;
};
