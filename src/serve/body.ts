import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { OpsError } from '../base/errors.js';
import { badRequest, bodyTooLarge, unsupportedMediaType } from './error-response.js';

const sizeText = (bytes: number): string =>
  bytes % (1 << 20) === 0 ? `${bytes / (1 << 20)} MiB` : `${Math.ceil(bytes / 1024)} KiB`;

const tooLarge = (maxBytes: number): OpsError =>
  bodyTooLarge(`the body is longer than ${sizeText(maxBytes)}, the limit of this route`, 'send it in several requests');

const declaredLength = (message: IncomingMessage): number | undefined => {
  const text = message.headers['content-length'];
  return text === undefined ? undefined : Number(text);
};

/**
 * The whole body, gunzipped where it says so; the limit counts decompressed bytes. Throws `limit_exceeded`
 * (`body_too_large`) before more than that is held, `invalid_data` for a damaged or aborted body.
 */
export const readBody = async (message: IncomingMessage, maxBytes: number): Promise<Uint8Array> => {
  const encoding = message.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip' && encoding !== 'x-gzip')
    throw unsupportedMediaType(`content encoding "${encoding}" is not supported`, 'send the body plain or with gzip');
  const plain = encoding === 'identity';
  const length = declaredLength(message);
  if (plain && length !== undefined && length > maxBytes) throw tooLarge(maxBytes);
  const source = plain ? message : message.pipe(createGunzip());
  if (!plain) message.once('error', (error) => source.destroy(error));
  const kept = gathered(plain ? length : undefined);
  let bytes = 0;
  try {
    // Left early the message must not be destroyed: its socket has to carry the refusal.
    for await (const part of plain ? message.iterator({ destroyOnReturn: false }) : source) {
      bytes += part.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      kept.add(part);
    }
  } catch (error) {
    if (error instanceof OpsError) throw error;
    throw plain
      ? badRequest('the body broke off before its end', 'send it again')
      : badRequest('the body is not valid gzip', 'compress it again, or send it plain');
  }
  if (plain && length !== undefined && bytes !== length)
    throw badRequest(`the body has ${bytes} of the ${length} bytes announced`, 'send it again');
  return kept.whole();
};

/** So much is believed of a length that is only announced. */
const earnestBytes = 1 << 20;

/**
 * Parts, put together. Where the length is known and some of it has come, each part goes straight to its place: a big
 * body is then in memory once, not twice.
 */
const gathered = (length: number | undefined): { add(part: Uint8Array): void; whole(): Uint8Array } => {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  let place: Buffer | undefined;
  return {
    add: (part) => {
      if (!place && length !== undefined && bytes > earnestBytes) {
        place = Buffer.allocUnsafeSlow(length);
        let at = 0;
        for (const earlier of parts) {
          place.set(earlier, at);
          at += earlier.length;
        }
        parts = [];
      }
      if (place && bytes + part.length <= place.length) place.set(part, bytes);
      else parts.push(part);
      bytes += part.length;
    },
    whole: () => {
      if (place) return place.subarray(0, bytes);
      const [only = new Uint8Array()] = parts;
      return parts.length <= 1 ? only : Buffer.concat(parts, bytes);
    },
  };
};
