import type { z } from 'zod';
import type { OpsError } from '../base/errors.js';
import type { Principal } from '../core/shared/index.js';
import type { Owner } from './paths.js';

/**
 * What a route demands of its caller before anything of the request is read. `open`: nothing, a wrong credential is as
 * good as none. `known`: no credential, or a right one. `ops`: an ops token, or
 * an administrator's session. `administrator`: either of them, with the strongest role of some area. Else the role.
 */
export type Demand = 'open' | 'known' | 'ops' | 'administrator' | { readonly query: 'read' | 'write' | 'admin' };

/** What a request may carry as its body. */
export type BodySpec =
  | { readonly kind: 'none' }
  | { readonly kind: 'json'; readonly schema: z.ZodType; readonly optional?: boolean; readonly maxBytes: number }
  /** The route reads it itself, with `Call.bytes`. */
  | { readonly kind: 'bytes'; readonly contentTypes: readonly string[]; readonly maxBytes: number };

/** One kind of answer, for the OpenAPI document and for the tests that hold answers against it. */
export interface AnswerSpec {
  readonly description: string;
  /** Absent for an empty body. */
  readonly content?: { readonly type: string; readonly schema?: z.ZodType };
  /** Headers by name, each with what it says. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request after everything that does not depend on the route: who asks, and the validated words. */
export interface Call {
  readonly principal: Principal;
  readonly requestId: string;
  /** Address of the client, behind a trusted proxy the one that it names. */
  readonly address: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** Validated by the route's schema; lower-case names. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** The parsed JSON body; undefined without one. */
  readonly json: unknown;
  readonly contentType: string | undefined;
  /** The credential as it came, without `Bearer`. */
  readonly credential: string | undefined;
  /** The whole body, decompressed; throws `limit_exceeded` (`body_too_large`) as soon as it is too long. */
  bytes(): Promise<Uint8Array>;
  /** Aborts when the client goes away or the server stops for good. */
  readonly signal: AbortSignal;
  /** Aborts when the server begins to stop: for answers that would never end. */
  readonly stopping: AbortSignal;
  /** Throws where the credential has been revoked, has expired, or lost its role since the request came. */
  recheck(): Promise<void>;
}

/** Rows on their way out, and what is known only after them. */
export interface StreamedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly stream: AsyncIterable<Uint8Array>;
  /** Names and values sent behind the last byte. */
  readonly trailers?: Readonly<Record<string, () => string | undefined>>;
  /** When the client must have taken everything, on the clock of `performance.now`; `late` says so as the last line. */
  readonly deadline?: { readonly atMs: number; readonly error: OpsError };
  /** The last line for an error after the first byte. */
  readonly lastLine?: (error: unknown) => Uint8Array;
  /** Called once, however the stream ends. */
  close(): Promise<void>;
}

export type Answer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly json: unknown }
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly bytes: Uint8Array;
      readonly contentType: string;
    }
  | { readonly status: 204; readonly headers?: Readonly<Record<string, string>> }
  | StreamedAnswer;

/** One documented route: registration, validation, OpenAPI and the surface tests all read this. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** OpenAPI style: `/v1/admin/databases/{database}/tables/{table}`. */
  readonly path: string;
  readonly owner: Owner;
  readonly summary: string;
  readonly demand: Demand;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Lower-case names. */
  readonly headers?: z.ZodObject;
  readonly body?: BodySpec;
  readonly answers: Readonly<Record<number, AnswerSpec>>;
  /** True for a POST that changes nothing: it is not audited. */
  readonly readOnly?: boolean;
  handle(call: Call): Promise<Answer>;
}
