/** What stands in the place of a secret. */
export const masked = '********';

/** The text without tokens and without the password of a URL. */
export const maskSecrets = (text: string): string =>
  text
    .replace(/\bopst_[A-Za-z0-9_-]+/g, masked)
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s/:@]*):[^\s/@]*@/gi, `$1:${masked}@`);
