const monthDays = new Uint8Array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);

// Two digits as a number; 255 or more where one is none, which no field of a date allows.
const twoDigits = (b: Uint8Array, at: number): number => {
  const tens = (b[at] ?? 0) - 48;
  const ones = (b[at + 1] ?? 0) - 48;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? 255 : tens * 10 + ones;
};

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

const isDate = (b: Uint8Array, at: number): boolean => {
  if (b[at + 4] !== 45 || b[at + 7] !== 45) return false;
  const century = twoDigits(b, at);
  const yearOfCentury = twoDigits(b, at + 2);
  const month = twoDigits(b, at + 5);
  const day = twoDigits(b, at + 8);
  if (century > 99 || yearOfCentury > 99 || month < 1 || month > 12 || day < 1) return false;
  const last = month === 2 && isLeap(century * 100 + yearOfCentury) ? 29 : (monthDays[month] ?? 0);
  return day <= last;
};

// A leap second (60) is text: the engine's timestamps have no such instant.
const isTime = (b: Uint8Array, at: number): boolean =>
  b[at + 2] === 58 &&
  b[at + 5] === 58 &&
  twoDigits(b, at) < 24 &&
  twoDigits(b, at + 3) < 60 &&
  twoDigits(b, at + 6) < 60;

const isZone = (b: Uint8Array, at: number, to: number): boolean => {
  const sign = b[at];
  if (sign === 90) return at + 1 === to;
  if ((sign !== 43 && sign !== 45) || at + 6 !== to || b[at + 3] !== 58) return false;
  return twoDigits(b, at + 1) < 24 && twoDigits(b, at + 4) < 60;
};

const minutesOfDay = 24 * 60;

// Whether a valid date, time and zone (which starts at `zone`) lie between 0001-01-01 and 9999-12-31 in UTC.
const isInCalendar = (b: Uint8Array, from: number, zone: number): boolean => {
  const year = twoDigits(b, from) * 100 + twoDigits(b, from + 2);
  if (year > 1 && year < 9999) return true;
  const day = twoDigits(b, from + 5) * 100 + twoDigits(b, from + 8);
  const offset = b[zone] === 90 ? 0 : twoDigits(b, zone + 1) * 60 + twoDigits(b, zone + 4);
  const utc = twoDigits(b, from + 11) * 60 + twoDigits(b, from + 14) + (b[zone] === 43 ? -offset : offset);
  // The day before the first one may be the first one in UTC.
  if (year === 0) return day === 1231 && utc >= minutesOfDay;
  return year === 1 ? day > 101 || utc >= 0 : day < 1231 || utc < minutesOfDay;
};

/**
 * Whether [from, to) holds a full RFC 3339 instant of a date that exists: `T` and `Z` in capitals (the engine reads no
 * others), a zone, and after a point at least one digit of fraction. Digits beyond microseconds are cut when stored.
 * In UTC it must lie within the years 1 to 9999: others have no RFC 3339 form in which they could be shown again.
 */
export const isTimestamp = (b: Uint8Array, from: number, to: number): boolean => {
  if (to - from < 20 || b[from + 10] !== 84 || !isDate(b, from) || !isTime(b, from + 11)) return false;
  let at = from + 19;
  if (b[at] === 46) {
    const first = ++at;
    let c = b[at] ?? 0;
    while (c >= 48 && c <= 57) c = b[++at] ?? 0;
    if (at === first) return false;
  }
  return isZone(b, at, to) && isInCalendar(b, from, at);
};
