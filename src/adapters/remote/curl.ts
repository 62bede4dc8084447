import { isUtf8 } from 'node:buffer';

/** A request as it leaves. */
export interface ShownRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
}

const mask = '***';
/** A longer body is said to come from stdin. */
const longestBody = 4_096;

const secretHeaders = /^(cookie|set-cookie|x-service-token|x-api-key|x-csrf-token|.*(?:token|secret|password).*)$/i;

/** One word for a POSIX shell. */
const quoted = (text: string): string =>
  /^[A-Za-z0-9_./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const maskedHeader = (name: string, value: string): string => {
  if (name.toLowerCase() === 'authorization' || name.toLowerCase() === 'proxy-authorization')
    return value.replace(/^(\S+)\s.*$|^.*$/s, (_all, scheme?: string) =>
      scheme === undefined ? mask : `${scheme} ${mask}`,
    );
  return secretHeaders.test(name) ? mask : value;
};

const maskedUrl = (url: string): string =>
  url.replace(/([?&](?:[^=&#]*(?:token|secret|password|key)[^=&#]*)=)[^&#]*/gi, `$1${mask}`);

/** Passwords and tokens inside a JSON body. */
const maskedBody = (text: string): string =>
  text.replace(/("(?:[^"\\]*(?:password|secret|token))"\s*:\s*)"(?:[^"\\]|\\.)*"/gi, `$1"${mask}"`);

const bodyWord = (body: Uint8Array): string => {
  if (body.length > longestBody || !isUtf8(body)) return '@-';
  const text = maskedBody(Buffer.from(body).toString());
  // curl takes a leading @ for a file's name, and no argument can hold a NUL.
  return text.startsWith('@') || text.includes('\0') ? '@-' : text;
};

/** The line that does the same with `curl`, for a shell; secrets masked. */
export const curlLine = ({ method, url, headers, body }: ShownRequest): string => {
  const words = ['curl', '-sS'];
  if (method === 'HEAD') words.push('-I');
  else if (method !== (body === undefined ? 'GET' : 'POST')) words.push('-X', method);
  words.push(quoted(maskedUrl(url)));
  for (const [name, value] of Object.entries(headers))
    words.push('-H', quoted(`${name}: ${maskedHeader(name, value)}`));
  if (body !== undefined) words.push('--data-binary', quoted(bodyWord(body)));
  return words.join(' ');
};
