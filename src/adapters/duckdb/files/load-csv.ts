import { csvDelimiter, csvScanner } from '../../../core/query/index.js';
import { dataFault } from './file-fault.js';
import type { Input } from './input.js';
import { lineBlocks, withoutMark } from './line-blocks.js';
import { type Loading, type LoadScope, plainPath, settled } from './loading.js';
import { csvRelation } from './relation.js';
import { contentOf } from './spool.js';
import { utf8Watch } from './utf8-line.js';

const firstLine = (sample: string): string => sample.replace(/^\uFEFF/, '').split('\n', 1)[0] ?? '';

/** CSV and TSV: read once by us, for the types and for the line of every mistake, then by the engine. */
export const loadCsv = async (input: Input, scope: LoadScope): Promise<Loading> => {
  const delimiter = input.format === 'tsv' ? '\t' : csvDelimiter(firstLine(input.sample));
  const scanner = csvScanner(delimiter);
  const path = await plainPath(input, scope);
  const watch = utf8Watch();
  for await (const block of lineBlocks(withoutMark(contentOf(path, input.display)), input.display)) {
    scope.checkpoint();
    if (!watch.push(block))
      throw dataFault(input.display, { at: { line: watch.first() ?? 1, column: 1 }, message: 'the line is not UTF-8' });
    const fault = scanner.push(block);
    if (fault) throw dataFault(input.display, fault);
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
