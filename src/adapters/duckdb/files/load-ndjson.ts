import { isUtf8 } from 'node:buffer';
import { type FileScan, fileColumns, fileScanner } from '../../../core/query/index.js';
import { dataFault } from './file-fault.js';
import type { Input } from './input.js';
import { lineBlocks } from './line-blocks.js';
import { type Loading, type LoadScope, plainPath, settled } from './loading.js';
import { ndjsonRelation, type Relation } from './relation.js';
import { rewritten } from './rewrite.js';
import { contentOf } from './spool.js';

/** From this size on the engine starts before the whole file has been checked. */
const worthGuessing = 8 * 2 ** 20;

const relationOf = (path: string, scan: FileScan): Relation =>
  ndjsonRelation(path, { columns: fileColumns(scan.keys), rows: scan.rows, longestLine: scan.longestLine });

/**
 * Every line is checked and every value's kind noted before an answer leaves: the engine's reader would take `1.5`
 * and `"12"` into an integer column without a word. With a big file the engine may start on what the first lines
 * look like while the rest is being checked.
 */
export const loadNdjson = async (input: Input, scope: LoadScope): Promise<Loading> => {
  const path = await plainPath(input, scope);
  const scanner = fileScanner(isUtf8);
  const blocks = lineBlocks(contentOf(path, input.display), input.display)[Symbol.asyncIterator]();
  let rows: number | undefined;

  const step = async (): Promise<boolean> => {
    scope.checkpoint();
    const block = await blocks.next();
    if (block.done === true) return false;
    const fault = scanner.push(block.value);
    if (!fault) return true;
    await blocks.return?.(undefined);
    throw dataFault(input.display, fault);
  };

  const rest = async (): Promise<Relation> => {
    while (await step());
    const scan = scanner.scan();
    rows = scan.rows;
    if (!scan.needsRewrite) return relationOf(path, scan);
    const source = lineBlocks(contentOf(path, input.display), input.display);
    return relationOf(await scope.spool.write(rewritten(source, scan), input.display), scan);
  };

  const size = Math.max(input.bytes, input.delivered());
  if (size < worthGuessing) return settled(await rest(), rows);
  await step();
  const sample = scanner.scan();
  if (sample.needsRewrite) return settled(await rest(), rows);
  const first = relationOf(path, sample);
  let final: Promise<Relation> | undefined;
  return {
    first,
    certain: false,
    final: () => {
      final ??= rest();
      return final;
    },
    rows: () => rows,
  };
};
