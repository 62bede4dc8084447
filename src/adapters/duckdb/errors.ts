import { basename } from 'node:path';
import { isOpsError, OpsError } from '../../base/errors.js';
import { positionAt } from './guard/position.js';
import { didYouMean, refusal } from './guard/refusal.js';

/** What the engine tells of a failure. */
interface EngineFault {
  /** `Binder`, `Conversion`, `Out of Memory` … */
  readonly kind: string;
  readonly message: string;
  /** Byte offset in the text that ran. */
  readonly position: number | undefined;
  readonly candidates: readonly string[];
  readonly name: string | undefined;
}

export interface FaultScope {
  /** The statement as the user gave it. */
  readonly sql: string;
  /** Memory bound in bytes, for the fault that names it. */
  readonly memoryBytes: number;
  /** False where the text that ran is not the one of the user: then places in errors mean nothing. */
  readonly placed?: boolean;
  /** Names that may stand where an unknown one stands. */
  readonly names?: readonly string[];
  /** Texts that no message may show: paths of our own. */
  readonly secrets: readonly string[];
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Undefined for text that only looks like JSON: it is read as a plain message then. */
const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const fromJson = (text: string): EngineFault | undefined => {
  if (!text.startsWith('{')) return undefined;
  const facts = parsed(text);
  if (typeof facts !== 'object' || facts === null) return undefined;
  const { exception_type, exception_message, position, candidates, name } = facts as Record<string, unknown>;
  return {
    kind: asText(exception_type),
    message: asText(exception_message),
    position: position === undefined || asText(position) === '' ? undefined : Number(position),
    candidates:
      asText(candidates) === ''
        ? []
        : asText(candidates)
            .split(',')
            .map((part) => part.trim()),
    name: asText(name) || undefined,
  };
};

/** The engine writes errors as JSON where it was told to, else as `Kind Error: message`. */
const faultOf = (error: unknown): EngineFault => {
  const text = error instanceof Error ? error.message : String(error);
  const plain = /^(?:Failure running pending result task: )?([A-Za-z ]+?) Error: ([\s\S]*)$/.exec(text);
  const wrapped = text.indexOf('{"exception_type"');
  return (
    (wrapped >= 0 ? fromJson(text.slice(wrapped)) : undefined) ?? {
      kind: plain?.[1] ?? '',
      message: plain?.[2] ?? text,
      position: undefined,
      candidates: [],
      name: undefined,
    }
  );
};

const planKinds = new Set([
  'Parser',
  'Binder',
  'Catalog',
  'Syntax',
  'Not implemented',
  'Parameter Not Resolved',
  'Permission',
]);
const fileKinds = new Set(['IO', 'HTTP', 'Serialization', 'Missing Extension', 'Autoload']);
const brokenKinds = new Set(['INTERNAL', 'FATAL', '']);

/** Any absolute path that ends in a file of ours or of the system; the base name of an extent is its id. */
const pathLike = /(?:\/[\w.@+=%~-]+){2,}\/?/g;

/** The text without the places of our files. */
export const scrubbed = (text: string, secrets: readonly string[]): string => {
  const known = secrets.filter((secret) => secret.length > 1).sort((a, b) => b.length - a.length);
  return known.reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
};

const firstPart = (message: string): string =>
  (message.split(/\n\s*\n|\n\s*LINE \d+:|\nCandidate|\n\tCandidate/)[0] ?? message).replace(/\s*\n\s*/g, ' ').trim();

const planFault = (fault: EngineFault, scope: FaultScope): OpsError => {
  const message = firstPart(fault.message).replace(/ ?Did you mean "[^"]*"\??/, '');
  const unknown = fault.name ?? /(?:column|field|key|name) "([^"]+)"/.exec(message)?.[1];
  const near = fault.candidates.map((candidate) => (candidate.split('.').pop() ?? candidate).replaceAll('"', ''));
  const offered = didYouMean(
    unknown ?? '',
    [...near, ...(scope.names ?? [])],
    'see the columns with DESCRIBE and the name of the table',
  );
  return refusal(scope.sql, {
    message: `SQL: ${scrubbed(message, scope.secrets)}`,
    hint: unknown === undefined ? 'correct the statement; DESCRIBE and the name of a table shows its columns' : offered,
    place: scope.placed === false ? undefined : fault.position,
  });
};

const fileFault = (fault: EngineFault, scope: FaultScope, cause: unknown): OpsError => {
  if (/could not write/i.test(fault.message))
    return new OpsError(
      'unavailable',
      `the rows cannot be written: ${/no space left/i.test(fault.message) ? 'no space is left on the device' : 'the device refuses them'}`,
      'check where stdout goes',
      { cause },
    );
  const path = /[^"'\s]+\.parquet/.exec(fault.message)?.[0];
  const extent = path === undefined ? undefined : basename(path, '.parquet');
  return new OpsError(
    'internal',
    extent === undefined
      ? `a stored file cannot be read: ${scrubbed(firstPart(fault.message).replace(pathLike, '…'), scope.secrets)}`
      : `extent ${extent} cannot be read: its file is missing or damaged`,
    'check the store with `ops data verify`',
    { reason: 'catalog_error', cause },
  );
};

/** `limit_exceeded` with the limit that was in force. */
export const memoryExceeded = (memoryBytes: number, cause?: unknown): OpsError =>
  new OpsError(
    'limit_exceeded',
    `the query needs more memory than its ${memoryBytes} bytes`,
    'narrow it by time, group by fewer keys, or raise --max-memory',
    { reason: 'memory_exceeded', details: { limit: memoryBytes, unit: 'memory' }, cause },
  );

export const wallClockExceeded = (wallClockMs: number): OpsError =>
  new OpsError(
    'limit_exceeded',
    `the query took longer than its ${wallClockMs} ms`,
    'narrow the time range, or raise --max-time',
    { reason: 'wall_clock_exceeded', details: { limit: wallClockMs, unit: 'wall_clock_ms' } },
  );

/**
 * A failure of the engine in our words, by its kind. An OpsError comes back as it is. Places in messages are places
 * in `scope.sql`, so translate errors of texts that begin with it.
 */
export const engineFault = (error: unknown, scope: FaultScope): OpsError => {
  if (isOpsError(error)) return error;
  const fault = faultOf(error);
  if (/out of memory/i.test(fault.kind) || /^(failed to|could not) (allocate|pin)/i.test(fault.message))
    return memoryExceeded(scope.memoryBytes, error);
  if (planKinds.has(fault.kind)) return planFault(fault, scope);
  if (fileKinds.has(fault.kind) || /\.parquet/.test(fault.message)) return fileFault(fault, scope, error);
  const message = scrubbed(firstPart(fault.message), scope.secrets);
  if (brokenKinds.has(fault.kind))
    return new OpsError('internal', `the query engine failed: ${message}`, 'please report the statement', {
      reason: 'internal',
      cause: error,
    });
  return new OpsError('invalid_data', `SQL: ${message}`, 'correct the value, or use TRY_CAST where it may not fit', {
    reason: 'query_execution_error',
    source: scope.sql,
    ...(scope.placed !== false && fault.position !== undefined && { at: positionAt(scope.sql, fault.position) }),
    cause: error,
  });
};

/** True where the engine stopped because it was told to. */
export const isInterrupt = (error: unknown): boolean => /interrupt/i.test(faultOf(error).kind);
