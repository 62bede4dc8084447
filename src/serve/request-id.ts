/** Printable ASCII, at most 128 characters: it is repeated in headers, bodies and logs. */
const wellFormed = /^[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?$/;

/** The caller's own id where it may be repeated, else a fresh one. */
export const requestId = (given: string | readonly string[] | undefined, newId: () => string): string =>
  typeof given === 'string' && wellFormed.test(given) ? given : newId();
