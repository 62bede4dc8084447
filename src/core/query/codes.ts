import { type FaultCode, faults, type OpsError } from '../../base/errors.js';

/** Every code that the query platform's error body may carry: its HTTP status, and the fault that it is to `ops`. */
export const queryCodes = {
  empty_query: { status: 400, fault: 'invalid_data' },
  bad_encoding: { status: 400, fault: 'invalid_data' },
  sql_parse_error: { status: 400, fault: 'invalid_data' },
  kql_parse_error: { status: 400, fault: 'invalid_data' },
  missing_table_header: { status: 400, fault: 'invalid_data' },
  bad_request_body: { status: 400, fault: 'invalid_data' },
  bad_request: { status: 400, fault: 'invalid_data' },
  unauthorized: { status: 401, fault: 'unauthenticated' },
  forbidden: { status: 403, fault: 'forbidden' },
  database_not_found: { status: 404, fault: 'not_found' },
  database_empty: { status: 404, fault: 'not_found' },
  table_not_found: { status: 404, fault: 'not_found' },
  not_found: { status: 404, fault: 'not_found' },
  method_not_allowed: { status: 405, fault: 'internal' },
  conflict: { status: 409, fault: 'conflict' },
  body_too_large: { status: 413, fault: 'limit_exceeded' },
  unsupported_media_type: { status: 415, fault: 'internal' },
  wall_clock_exceeded: { status: 429, fault: 'limit_exceeded' },
  memory_exceeded: { status: 429, fault: 'limit_exceeded' },
  object_store_exceeded: { status: 429, fault: 'limit_exceeded' },
  too_many_requests: { status: 429, fault: 'limit_exceeded' },
  query_execution_error: { status: 500, fault: 'invalid_data' },
  serialization_error: { status: 500, fault: 'internal' },
  ingest_failed: { status: 500, fault: 'unavailable' },
  catalog_error: { status: 500, fault: 'unavailable' },
  internal: { status: 500, fault: 'internal' },
  unavailable: { status: 503, fault: 'unavailable' },
  timeout: { status: 504, fault: 'timeout' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly fault: FaultCode }>>;

export type QueryCode = keyof typeof queryCodes;

const isQueryCode = (code: string): code is QueryCode => Object.hasOwn(queryCodes, code);

/** For errors that carry no finer code of this platform. */
const codeOfFault: Readonly<Record<FaultCode, QueryCode>> = {
  usage: 'bad_request',
  invalid_data: 'bad_request',
  declined: 'bad_request',
  not_licensed: 'forbidden',
  not_found: 'not_found',
  unauthenticated: 'unauthorized',
  forbidden: 'forbidden',
  conflict: 'conflict',
  unavailable: 'unavailable',
  timeout: 'timeout',
  limit_exceeded: 'too_many_requests',
  partial_failure: 'internal',
  internal: 'internal',
  interrupted: 'unavailable',
};

/** The platform's code of an error. */
export const queryCodeOf = (error: Pick<OpsError, 'code' | 'reason'>): QueryCode =>
  error.reason !== undefined && isQueryCode(error.reason) ? error.reason : codeOfFault[error.code];

/** The fault that a code, read from an answer, is to `ops`; by the status where nobody knows the code. */
export const faultOfQueryCode = (code: string, status: number): FaultCode => {
  if (isQueryCode(code)) return queryCodes[code].fault;
  const known = Object.entries(faults).find(([, fault]) => fault.status === status)?.[0];
  const fallback: FaultCode = status >= 500 ? 'unavailable' : 'invalid_data';
  return (Object.keys(faults) as FaultCode[]).find((name) => name === known) ?? fallback;
};
