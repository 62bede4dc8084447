import { isUtf8 } from 'node:buffer';
import { csvDelimiter, csvScanner } from '../../../core/query/index.js';
import { dataFault } from './file-fault.js';
import type { Input } from './input.js';
import { lineBlocks, withoutMark } from './line-blocks.js';
import { type Loading, type LoadScope, plainPath, settled } from './loading.js';
import { csvRelation } from './relation.js';
import { contentOf } from './spool.js';

const firstLine = (sample: string): string => sample.replace(/^\uFEFF/, '').split('\n', 1)[0] ?? '';

const notUtf8 = (block: Uint8Array, linesBefore: number): { line: number; column: number } => {
  let line = linesBefore + 1;
  let start = 0;
  for (let end = block.indexOf(10); end >= 0 && isUtf8(block.subarray(start, end)); end = block.indexOf(10, start)) {
    line++;
    start = end + 1;
  }
  return { line, column: 1 };
};

const countLines = (block: Uint8Array): number => {
  let lines = 0;
  for (let at = block.indexOf(10); at >= 0; at = block.indexOf(10, at + 1)) lines++;
  return lines;
};

/** CSV and TSV: read once by us, for the types and for the line of every mistake, then by the engine. */
export const loadCsv = async (input: Input, scope: LoadScope): Promise<Loading> => {
  const delimiter = input.format === 'tsv' ? '\t' : csvDelimiter(firstLine(input.sample));
  const scanner = csvScanner(delimiter);
  const path = await plainPath(input, scope);
  let lines = 0;
  for await (const block of lineBlocks(withoutMark(contentOf(path, input.display)), input.display)) {
    scope.checkpoint();
    if (!isUtf8(block)) throw dataFault(input.display, { at: notUtf8(block, lines), message: 'the line is not UTF-8' });
    const fault = scanner.push(block);
    if (fault) throw dataFault(input.display, fault);
    lines += countLines(block);
  }
  const fault = scanner.end();
  if (fault) throw dataFault(input.display, fault);
  const scan = scanner.scan();
  const [odd] = scan.suspiciousNames;
  if (odd !== undefined)
    scope.warn(
      `${input.display}: the first line is the header, and "${odd}" is a column's name now; if the file has no header line, add one`,
    );
  return settled(csvRelation(path, delimiter, scan), scan.rows);
};
