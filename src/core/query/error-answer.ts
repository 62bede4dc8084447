import { type FaultCode, faults, OpsError, type TextPosition } from '../../base/errors.js';
import { faultOfQueryCode, queryCodes } from './codes.js';

/** An answer that is no success, as it came over the network; header names in lower case. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body, or its beginning. */
  readonly text: string;
}

/** What a status says where the body carries no code that anybody knows. */
const faultOfStatus = (status: number): FaultCode => {
  const known: Readonly<Record<number, FaultCode>> = {
    401: 'unauthenticated',
    402: 'not_licensed',
    403: 'forbidden',
    404: 'not_found',
    405: 'internal',
    408: 'timeout',
    409: 'conflict',
    410: 'not_found',
    413: 'limit_exceeded',
    415: 'internal',
    429: 'limit_exceeded',
    502: 'unavailable',
    503: 'unavailable',
    504: 'timeout',
  };
  return known[status] ?? (status >= 400 && status < 500 ? 'invalid_data' : status >= 500 ? 'internal' : 'unavailable');
};

const isFault = (code: string): code is FaultCode => Object.hasOwn(faults, code);

const codeOf = (code: string | undefined, status: number): FaultCode => {
  if (code === undefined) return faultOfStatus(status);
  if (isFault(code)) return code;
  return Object.hasOwn(queryCodes, code) ? faultOfQueryCode(code, status) : faultOfStatus(status);
};

interface Told {
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly hint?: string | undefined;
  readonly requestId?: string | undefined;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;

/** `{detail}` is a sentence, or a list of `{loc, msg}`. */
const detailText = (detail: unknown): string | undefined => {
  if (!Array.isArray(detail)) return text(detail);
  const parts = detail.flatMap((item: unknown) => {
    const loc = field(item, 'loc');
    const where = Array.isArray(loc) ? `${loc.join('.')}: ` : '';
    const message = text(field(item, 'msg'));
    return message === undefined ? [] : [where + message];
  });
  return text(parts.join('; '));
};

/** Every error body that the platforms document: `{error:{…}}`, `{error}`, `{message}`, `{detail}`. */
const toldByJson = (body: unknown): Told => {
  const error = field(body, 'error');
  if (typeof error === 'object' && error !== null)
    return {
      code: text(field(error, 'code')),
      reason: text(field(error, 'reason')),
      message: text(field(error, 'message')),
      hint: text(field(error, 'hint')),
      requestId: text(field(error, 'request_id')),
    };
  return { message: text(field(body, 'message')) ?? detailText(field(body, 'detail')) ?? text(error) };
};

const longest = 400;
const shortened = (message: string): string => (message.length > longest ? `${message.slice(0, longest)}…` : message);

/** True for a web page: whoever sent it is no server of ours, or something that stands before it. */
export const isWebPage = ({ headers, text: body }: Omit<ErrorAnswer, 'status'>): boolean =>
  /^text\/html\b/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html)\b/i.test(body);

const told = (answer: ErrorAnswer): Told => {
  if (isWebPage(answer)) return {};
  try {
    return toldByJson(JSON.parse(answer.text));
  } catch {
    return { message: text(answer.text.trim()) }; // no JSON: the text is the message
  }
};

const decoded = (value: string | undefined): string | undefined => {
  if (value === undefined) return undefined;
  try {
    return text(decodeURIComponent(value));
  } catch {
    return text(value); // not encoded after all
  }
};

const positionOf = (value: string | undefined): TextPosition | undefined => {
  const [, line, column] = /^(\d{1,9}):(\d{1,9})$/.exec(value ?? '') ?? [];
  return line === undefined || column === undefined ? undefined : { line: Number(line), column: Number(column) };
};

const detailsOf = (headers: ErrorAnswer['headers']): Record<string, string | number> => {
  const [, limit, unit] = /^(\d+) (\w+)$/.exec(headers['x-kyma-budget-limit'] ?? '') ?? [];
  const retryAfter = headers['retry-after'];
  return {
    ...(limit !== undefined && unit !== undefined && { limit: Number(limit), unit }),
    ...(retryAfter !== undefined && /^\d{1,9}$/.test(retryAfter) && { retryAfterSeconds: Number(retryAfter) }),
  };
};

const hintFor = (code: FaultCode, requestId: string | undefined): string | undefined => {
  if (code === 'unauthenticated') return 'log in with `ops auth login`, or give a token with --token-file or OPS_TOKEN';
  if (requestId !== undefined && (code === 'internal' || code === 'unavailable'))
    return `look into the server's log for the request id ${requestId}`;
  return undefined;
};

/**
 * The error that an answer tells, whichever platform's shape its body has: the inverse of what a server does with an
 * `OpsError`. `asked` names the request where the answer itself says nothing, e.g. `POST /v1/query`.
 */
export const errorOfAnswer = (answer: ErrorAnswer, asked: string): OpsError => {
  const { status, headers } = answer;
  const { code: word, reason, message, hint, requestId: toldId } = told(answer);
  const code = codeOf(word, status);
  const requestId = toldId ?? headers['x-request-id'];
  const page = isWebPage(answer) ? ', with a web page' : '';
  return new OpsError(
    code,
    shortened(message ?? `the server answered ${asked} with status ${status}${page}`),
    hint ?? decoded(headers['x-ops-hint']) ?? hintFor(code, requestId),
    {
      reason: reason ?? (word !== undefined && Object.hasOwn(queryCodes, word) ? word : undefined),
      requestId,
      at: positionOf(headers['x-ops-error-at']),
      details: detailsOf(headers),
    },
  );
};

/** The error of a last line `{"__error":{…}}` behind rows; undefined for every other text. */
export const errorOfLine = (line: string): OpsError | undefined => {
  if (!line.startsWith('{"__error"')) return undefined;
  try {
    const row: unknown = JSON.parse(line);
    const error = field(row, '__error');
    if (Object.keys(Object(row)).length !== 1 || text(field(error, 'code')) === undefined) return undefined;
    return errorOfAnswer({ status: 500, headers: {}, text: JSON.stringify({ error }) }, 'the query');
  } catch {
    return undefined; // a row that only begins like one
  }
};
