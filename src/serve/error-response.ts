import { type FaultCode, faults, OpsError } from '../base/errors.js';
import { queryCodeOf, queryCodes } from '../core/query/index.js';
import type { Owner } from './paths.js';

/** An error as a surface tells it. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: unknown;
  /** The surface's code; for metrics. */
  readonly code: string;
}

interface Facts {
  readonly requestId: string;
  readonly path: string;
  readonly at: Date;
}

const statusOf = (error: OpsError): number => {
  if (error.reason === 'method_not_allowed') return 405;
  if (error.reason === 'unsupported_media_type') return 415;
  if (error.reason === 'body_too_large') return 413;
  return faults[error.code].status;
};

/** What the operator finds in the log, and the client does not: the message of a bug may hold anything. */
const messageOf = (error: OpsError): string =>
  error.code === 'internal' && error.reason === undefined ? 'internal error; the log has the details' : error.message;

/** The names that HTTP gives to statuses, where a surface's error body repeats them. */
const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

type Encode = (
  error: OpsError,
  facts: Facts,
) => { readonly status: number; readonly code: string; readonly json: unknown };

/** Each platform's documented error body. */
const encoders: Readonly<Record<Owner, Encode>> = {
  query: (error, { requestId }) => {
    const code = queryCodeOf(error);
    const json = { error: { code, message: messageOf(error), request_id: requestId } };
    return { status: queryCodes[code].status, code, json };
  },
  shared: (error, { requestId }) => ({
    status: statusOf(error),
    code: error.reason === 'method_not_allowed' ? error.reason : error.code,
    json: {
      error: {
        code: error.code,
        reason: error.reason ?? null,
        message: messageOf(error),
        hint: error.hint ?? null,
        request_id: requestId,
      },
    },
  }),
  restore: (error) => ({ status: statusOf(error), code: error.code, json: { error: messageOf(error) } }),
  pods: (error) => ({
    status: statusOf(error),
    code: error.code,
    json: { detail: error.code === 'unauthenticated' ? 'Not authenticated' : messageOf(error) },
  }),
  probe: (error, { path, at }) => {
    const status = statusOf(error);
    return {
      status,
      code: error.code,
      json: {
        timestamp: at.toISOString(),
        status,
        error: phrases[status] ?? 'Internal Server Error',
        message: messageOf(error),
        path,
      },
    };
  },
  sla: (error) => ({
    status: statusOf(error),
    code: error.code,
    json: { success: false, error: { code: error.code, message: messageOf(error) } },
  }),
};

const headersOf = (error: OpsError, owner: Owner, status: number): Record<string, string> => {
  const { limit, unit, retryAfterSeconds, allow } = error.details;
  const isOurs = owner === 'query' || owner === 'shared';
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (status === 401) headers['www-authenticate'] = `Bearer realm="${owner === 'query' ? 'kyma' : 'ops'}"`;
  if (status === 429 || status === 503) headers['retry-after'] = String(retryAfterSeconds ?? 1);
  if (typeof allow === 'string') headers.allow = allow;
  if (owner === 'query' && limit !== undefined && unit !== undefined)
    headers['x-kyma-budget-limit'] = `${limit} ${unit}`;
  if (isOurs && error.hint !== undefined) headers['x-ops-hint'] = encodeURIComponent(error.hint);
  if (isOurs && error.at) headers['x-ops-error-at'] = `${error.at.line}:${error.at.column}`;
  return headers;
};

/** An error in the shape of the surface whose path it happened on. */
export const errorAnswer = (error: OpsError, owner: Owner, facts: Facts): ErrorAnswer => {
  const { status, code, json } = encoders[owner](error, facts);
  return { status, code, json, headers: headersOf(error, owner, status) };
};

const refusal =
  (code: FaultCode, reason: string) =>
  (message: string, hint?: string, details: Readonly<Record<string, string | number | boolean>> = {}): OpsError =>
    new OpsError(code, message, hint, { reason, details });

/** Answers that the frame itself gives. */
export const notFound = refusal('not_found', 'not_found');
export const methodNotAllowed = refusal('internal', 'method_not_allowed');
export const unsupportedMediaType = refusal('internal', 'unsupported_media_type');
export const bodyTooLarge = refusal('limit_exceeded', 'body_too_large');
export const badRequest = refusal('invalid_data', 'bad_request');
export const unauthorized = refusal('unauthenticated', 'unauthorized');
export const forbidden = refusal('forbidden', 'forbidden');
