import { explainLine } from '../ingest/explain.js';
import type { KeyScan, ScanFault } from '../ingest/index.js';
import { nextLine } from '../ingest/lex.js';
import { newProgress, scanStretch } from '../ingest/scanner.js';
import { invalidUtf8At } from '../ingest/utf8.js';

/** What a file's rows look like, up to where it has been read. */
export interface FileScan {
  readonly rows: number;
  readonly keys: readonly KeyScan[];
  /** Longest line in bytes. */
  readonly longestLine: number;
  /** Some row repeats a key, or keys differ only in case: the engine cannot read it as it is. */
  readonly needsRewrite: boolean;
}

export interface FileScanner {
  /** Whole lines, only the file's last may lack its newline; no byte-order mark. The fault's line counts from the file's first. */
  push(block: Uint8Array): ScanFault | undefined;
  /** What is known so far. */
  scan(): FileScan;
}

/**
 * Validates NDJSON block by block with the rules of ingest and collects what the columns hold, in bounded memory.
 * After a fault it must not be used any more.
 */
export const fileScanner = (isUtf8: (bytes: Uint8Array) => boolean): FileScanner => {
  const progress = newProgress();
  const refusal = (block: Uint8Array, from: number): ScanFault => {
    const { column, message } = explainLine(block.subarray(from, nextLine(block, from)), progress.keys);
    return { at: { line: progress.lines, column }, message };
  };
  return {
    push: (block) => {
      const bad = isUtf8(block) ? -1 : invalidUtf8At(block);
      const to = bad < 0 ? block.length : block.lastIndexOf(10, bad) + 1;
      const refused = scanStretch(block, { from: 0, to }, progress);
      if (refused >= 0) return refusal(block, refused);
      if (bad < 0) return undefined;
      return { at: { line: progress.lines + 1, column: bad - to + 1 }, message: 'the line is not UTF-8' };
    },
    scan: () => ({
      rows: progress.rows,
      keys: progress.keys.scans(),
      longestLine: progress.longestLine,
      needsRewrite: progress.repeatedKey || progress.keys.mixedCase,
    }),
  };
};
