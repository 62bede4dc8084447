import { OpsError } from '../../base/errors.js';
import type { Context } from '../../context.js';

const mostBytes = 16 * 2 ** 20;

/** The whole of a small text file or of stdin (`-`). `limit_exceeded` above 16 MiB, `invalid_data` where it is not UTF-8. */
export const readText = async (ctx: Context, path: string): Promise<string> => {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of await (await ctx.files()).open(path)) {
    ctx.signal.throwIfAborted();
    parts.push(part.slice()); // the next part may lie in the same memory
    length += part.length;
    if (length > mostBytes)
      throw new OpsError(
        'limit_exceeded',
        `${path === '-' ? 'stdin' : path} is larger than 16 MiB`,
        'give a shorter text',
        {
          reason: 'body_too_large',
        },
      );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch (cause) {
    throw new OpsError('invalid_data', `${path === '-' ? 'stdin' : path} is not UTF-8 text`, 'save it as UTF-8', {
      reason: 'bad_encoding',
      cause,
    });
  }
};
