import type { TextPosition } from '../../../base/errors.js';

/** Line and column (UTF-16 units) of a byte offset, which is what the engine counts in. */
export const positionAt = (source: string, byteOffset: number): TextPosition => {
  const before = Buffer.from(source, 'utf8').subarray(0, byteOffset).toString('utf8');
  const lines = before.split('\n');
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
};
