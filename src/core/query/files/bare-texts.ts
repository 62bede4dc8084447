import { kind } from '../ingest/index.js';
import { misfitBits } from '../ingest/misfit.js';
import { type TypedColumn, valuesOf } from '../ingest/split-misfits.js';
import { textKind } from './text-kind.js';

const utf8 = new TextDecoder();
const encoder = new TextEncoder();

/**
 * Rows of a file whose values are all texts (CSV, logfmt), where one value that is no number made texts of its whole
 * column: those that read as numbers or booleans of the column's type become such, the others stay. The very same bytes
 * where none does. The body must have passed the scan.
 */
export const bareTexts = (body: Uint8Array, { name, type }: TypedColumn): Uint8Array => {
  const parts: Uint8Array[] = [];
  let kept = 0;
  for (const { value } of valuesOf(body, name)) {
    const text: unknown = body[value.from] === 34 ? JSON.parse(utf8.decode(body.subarray(value.from, value.to))) : 0;
    if (typeof text !== 'string') continue;
    const kinds = textKind(text);
    const isBare = (kinds & (kind.bool | kind.int | kind.fraction)) !== 0;
    if (!isBare || misfitBits(type, kinds, { holdsBigInts: false }).length > 0) continue;
    parts.push(body.subarray(kept, value.from), encoder.encode(text));
    kept = value.to;
  }
  if (parts.length === 0) return body;
  const bare = new Uint8Array(body.length);
  let length = 0;
  for (const part of [...parts, body.subarray(kept)]) {
    bare.set(part, length);
    length += part.length;
  }
  return bare.subarray(0, length);
};
