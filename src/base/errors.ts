/**
 * Every way in which `ops` fails: the exit code of the process and the HTTP status of the server,
 * used in both directions. The names are the `error.code` that users script against: add, never rename.
 */
export const faults = {
  usage: { exit: 2, status: 400 },
  not_found: { exit: 3, status: 404 },
  unauthenticated: { exit: 4, status: 401 },
  forbidden: { exit: 4, status: 403 },
  conflict: { exit: 5, status: 409 },
  unavailable: { exit: 6, status: 503 },
  timeout: { exit: 7, status: 504 },
  limit_exceeded: { exit: 8, status: 429 },
  invalid_data: { exit: 9, status: 400 },
  not_licensed: { exit: 10, status: 402 },
  partial_failure: { exit: 11, status: 207 },
  declined: { exit: 12, status: 400 },
  internal: { exit: 70, status: 500 },
  interrupted: { exit: 130, status: 499 },
} as const;

export type FaultCode = keyof typeof faults;

/** Where in a text the mistake stands; both count from 1, columns in UTF-16 units. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

export interface OpsErrorFacts {
  /** The surface's own, finer code, e.g. `sql_parse_error`; see docs/errors.md. */
  readonly reason?: string | undefined;
  /** Place of the mistake in `source`. */
  readonly at?: TextPosition | undefined;
  /** The text that `at` points into; its line is shown with a caret. */
  readonly source?: string | undefined;
  readonly requestId?: string | undefined;
  /** Exit code where it is not the code's own: SIGTERM is `interrupted` with 143. */
  readonly exit?: number | undefined;
  /** Facts that a surface turns into headers or fields, e.g. `{limit, unit}` of a budget. */
  readonly details?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly cause?: unknown;
}

/**
 * The one error that `ops` raises on purpose. `message` says what and which, `hint` what to do next.
 *
 * @example throw new OpsError('not_found', `table "logs" not found`, 'see the tables that exist with `ops logs schema`')
 */
export class OpsError extends Error {
  override readonly name = 'OpsError';
  readonly code: FaultCode;
  readonly hint: string | undefined;
  readonly reason: string | undefined;
  readonly at: TextPosition | undefined;
  readonly source: string | undefined;
  readonly requestId: string | undefined;
  readonly exit: number;
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(code: FaultCode, message: string, hint?: string, facts: OpsErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.hint = hint;
    this.reason = facts.reason;
    this.at = facts.at;
    this.source = facts.source;
    this.requestId = facts.requestId;
    this.exit = facts.exit ?? faults[code].exit;
    this.details = facts.details ?? {};
  }
}

/** True for an error that `ops` raised on purpose, also across bundled chunks. */
export const isOpsError = (error: unknown): error is OpsError =>
  error instanceof OpsError || (error instanceof Error && error.name === 'OpsError' && 'exit' in error);
