import { OpsError } from '../../../base/errors.js';
import { nearest } from '../../../base/nearest.js';
import { positionAt } from './position.js';

/** What the engine tells of a place: a byte offset, or nothing. */
export type Place = number | undefined;

export const allowedStatements = 'SELECT, WITH, VALUES, FROM, EXPLAIN, SHOW TABLES, DESCRIBE and SUMMARIZE';

/** `sql_parse_error` with the place in the text, where there is one. */
export const refusal = (
  source: string,
  fault: { readonly message: string; readonly hint: string; readonly place?: Place; readonly cause?: unknown },
): OpsError =>
  new OpsError('invalid_data', fault.message, fault.hint, {
    reason: 'sql_parse_error',
    source,
    ...(fault.place !== undefined && { at: positionAt(source, fault.place) }),
    ...(fault.cause !== undefined && { cause: fault.cause }),
  });

/** `did you mean "a" or "b"?`, else what `otherwise` says. */
export const didYouMean = (word: string, candidates: Iterable<string>, otherwise: string): string => {
  const near = nearest(word, candidates, Math.max(2, Math.floor(word.length / 3)));
  return near.length === 0 ? otherwise : `did you mean ${near.map((name) => `"${name}"`).join(' or ')}?`;
};
