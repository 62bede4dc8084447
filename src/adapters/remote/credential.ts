import { open } from 'node:fs/promises';
import { OpsError } from '../../base/errors.js';
import { tokenOfCommand } from './token-command.js';

/** Where a credential may come from; asked in this order, the first one that is there is taken. */
export interface CredentialSources {
  /** `--token-stdin`. */
  readonly tokenStdin: boolean;
  readonly readStdin: () => AsyncIterable<Uint8Array>;
  /** `--token-file`; absolute. */
  readonly flagFile: string | undefined;
  /** `OPS_TOKEN`. */
  readonly envToken: string | undefined;
  /** `OPS_TOKEN_FILE`, or the context's `token-file`; absolute. */
  readonly tokenFile: string | undefined;
  /** The context's `token-command`. */
  readonly tokenCommand: string | undefined;
  /** The session that `ops auth login` kept for this server. */
  readonly sessionFile: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

const longest = 8_192;

/** The credential itself, without blanks around it. `name` says where it came from; its text is never told. */
const checked = (text: string, name: string): string => {
  const token = text.trim();
  if (token === '')
    throw new OpsError('invalid_data', `${name} is empty`, 'put a token there, or leave it out', {
      reason: 'bad_token',
    });
  if (!/^[\x20-\x7e]+$/.test(token))
    throw new OpsError(
      'invalid_data',
      `${name} holds more than one line, or characters that no token has`,
      'put nothing but the token there',
      { reason: 'bad_token' },
    );
  return token;
};

const tooLong = (name: string): OpsError =>
  new OpsError('invalid_data', `${name} is longer than 8 KiB: that is no token`, 'put nothing but the token there', {
    reason: 'bad_token',
  });

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

const unreadable = (error: unknown, path: string): unknown => {
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new OpsError('not_found', `token file "${path}" not found`, 'check the path', { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new OpsError('forbidden', `token file "${path}" may not be read by you`, 'check its permissions', {
        cause: error,
      });
    case 'EISDIR':
      return new OpsError('usage', `token file "${path}" is a directory`, 'name a file', { cause: error });
    default:
      return error;
  }
};

/** At most a token's length is read, also of what never ends. */
const textOfFile = async (path: string): Promise<string> => {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(longest + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) break;
    }
    if (length > longest) throw tooLong(path);
    return buffer.toString('utf8', 0, length);
  } finally {
    await handle.close();
  }
};

const ofFile = async (path: string): Promise<string> => {
  try {
    return checked(await textOfFile(path), path);
  } catch (error) {
    throw unreadable(error, path);
  }
};

/** Undefined where nobody has logged in. */
const ofSession = async (path: string): Promise<string | undefined> => {
  try {
    return checked(await textOfFile(path), path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw unreadable(error, path);
  }
};

const ofStdin = async (stdin: AsyncIterable<Uint8Array>): Promise<string> => {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of stdin) {
    length += part.length;
    if (length > longest) throw tooLong('stdin');
    parts.push(part.slice());
  }
  return checked(Buffer.concat(parts).toString(), 'stdin');
};

/**
 * The credential to send, undefined where there is none. Throws `invalid_data` for what is no token, naming where it
 * stands and never its text; `not_found` and `forbidden` for a file; `unauthenticated` or `timeout` for a command.
 */
export const credentialOf = async (sources: CredentialSources): Promise<string | undefined> => {
  const { tokenStdin, flagFile, envToken, tokenFile, tokenCommand, sessionFile } = sources;
  if (tokenStdin) return ofStdin(sources.readStdin());
  if (flagFile !== undefined) return ofFile(flagFile);
  if (envToken !== undefined && envToken !== '') return checked(envToken, 'OPS_TOKEN');
  if (tokenFile !== undefined) return ofFile(tokenFile);
  if (tokenCommand !== undefined)
    return checked(await tokenOfCommand(tokenCommand, sources), 'the output of token-command');
  return sessionFile === undefined ? undefined : ofSession(sessionFile);
};
