import { isUtf8 } from 'node:buffer';

const countLines = (block: Uint8Array): number => {
  let lines = 0;
  for (let at = block.indexOf(10); at >= 0; at = block.indexOf(10, at + 1)) lines++;
  return lines;
};

/** Looks for the first line that is not UTF-8, in blocks of whole lines; a block without one costs next to nothing. */
export const utf8Watch = () => {
  let linesBefore = 0;
  let first: number | undefined;
  return {
    /** False where the block is not UTF-8. */
    push: (block: Uint8Array): boolean => {
      const valid = isUtf8(block);
      if (first !== undefined) return valid;
      if (valid) {
        linesBefore += countLines(block);
        return true;
      }
      let line = linesBefore + 1;
      let start = 0;
      for (
        let end = block.indexOf(10);
        end >= 0 && isUtf8(block.subarray(start, end));
        end = block.indexOf(10, start)
      ) {
        line++;
        start = end + 1;
      }
      first = line;
      return false;
    },
    /** Number of the first such line, from 1; undefined where all is well so far. */
    first: (): number | undefined => first,
  };
};

/** What people are told about text that is not UTF-8 and was read all the same. */
export const replacedText = (display: string, line: number): string =>
  `${display}: some bytes are not UTF-8 and read as U+FFFD, the first of them in line ${line}`;
