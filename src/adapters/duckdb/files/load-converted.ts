import { isUtf8 } from 'node:buffer';
import {
  type FileScan,
  fileColumns,
  fileScanner,
  jsonSplitter,
  logfmtRows,
  rawLineColumn,
  type SplitBlock,
} from '../../../core/query/index.js';
import { dataFault } from './file-fault.js';
import type { Input } from './input.js';
import { lineBlocks, smaller, withoutMark } from './line-blocks.js';
import { type Loading, type LoadScope, settled } from './loading.js';
import { ndjsonRelation } from './relation.js';
import { rewritten } from './rewrite.js';
import { contentOf } from './spool.js';
import { replacedText, utf8Watch } from './utf8-line.js';

const pieceBytes = 64 * 2 ** 10;

/** Logfmt, written down as NDJSON of texts; the engine then reads each column as the type that all its values fit. */
export const loadLogfmt = async (input: Input, scope: LoadScope): Promise<Loading> => {
  const rows = logfmtRows();
  let longestLine = 0;
  const watch = utf8Watch();
  async function* converted(): AsyncIterable<Uint8Array> {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    for await (const block of lineBlocks(withoutMark(input.content()), input.display)) {
      scope.checkpoint();
      watch.push(block);
      const parts: Buffer[] = [];
      for (const piece of smaller(block, pieceBytes)) parts.push(Buffer.from(rows.push(decoder.decode(piece))));
      const out = Buffer.concat(parts);
      longestLine = Math.max(longestLine, longestIn(out));
      yield out;
    }
  }
  const path = await scope.spool.write(converted(), input.display);
  const kept = rows.kept();
  const notUtf8 = watch.first();
  if (notUtf8 !== undefined) scope.warn(replacedText(input.display, notUtf8));
  if (kept.first !== undefined)
    scope.warn(
      kept.lines === 1
        ? `${input.display}: 1 line is not logfmt; its text is in column "${rawLineColumn}"`
        : `${input.display}: ${kept.lines} lines are not logfmt, the first is line ${kept.first}; their text is in column "${rawLineColumn}"`,
    );
  return settled(ndjsonRelation(path, { columns: rows.columns(), rows: rows.rows(), longestLine }), rows.rows());
};

const longestIn = (block: Uint8Array): number => {
  let longest = 0;
  let start = 0;
  for (let end = block.indexOf(10); end >= 0; end = block.indexOf(10, start)) {
    if (end - start > longest) longest = end - start;
    start = end + 1;
  }
  return longest;
};

/** A JSON document, written down as one object per line; faults name the place in the document. */
export const loadJsonDocument = async (input: Input, scope: LoadScope): Promise<Loading> => {
  const splitter = jsonSplitter();
  const scanner = fileScanner(isUtf8);
  let linesBefore = 0;
  const checked = (block: SplitBlock): Uint8Array => {
    const fault = scanner.push(block.lines);
    if (fault)
      throw dataFault(input.display, {
        at: block.original(fault.at.line - linesBefore, fault.at.column),
        message: fault.message,
      });
    linesBefore += block.pieces;
    return block.lines;
  };
  async function* converted(): AsyncIterable<Uint8Array> {
    for await (const chunk of withoutMark(input.content())) {
      scope.checkpoint();
      const block = splitter.push(chunk);
      if (block) yield checked(block);
    }
    const last = splitter.end();
    if (last) yield checked(last);
  }
  let path = await scope.spool.write(converted(), input.display);
  const scan: FileScan = scanner.scan();
  if (scan.needsRewrite)
    path = await scope.spool.write(
      rewritten(lineBlocks(contentOf(path, input.display), input.display), scan),
      input.display,
    );
  const { rows, longestLine } = scan;
  return settled(ndjsonRelation(path, { columns: fileColumns(scan.keys), rows, longestLine }), rows);
};
