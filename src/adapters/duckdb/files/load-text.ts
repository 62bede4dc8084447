import type { Input } from './input.js';
import { lineBlocks } from './line-blocks.js';
import { type Loading, type LoadScope, plainPath, settled } from './loading.js';
import { spooledTextRelation, type TextLayout, textRelation } from './relation.js';
import { contentOf } from './spool.js';
import { replacedText, utf8Watch } from './utf8-line.js';

/** Characters that a log hardly ever holds: one of them that really never occurs keeps the engine from cutting lines. */
const separators = [31, 30, 29, 1];

/** What a text file is made of. */
interface TextFacts {
  readonly rows: number;
  readonly longestLine: number;
  /** Number of the first line that is not UTF-8. */
  readonly notUtf8: number | undefined;
  /** Undefined where the engine would not read it line by line as it lies. */
  readonly layout: TextLayout | undefined;
}

const scanText = async (path: string, input: Input, scope: LoadScope): Promise<TextFacts> => {
  let [rows, longestLine, withReturn, oddReturns] = [0, 0, 0, 0];
  const watch = utf8Watch();
  let holdsNul = false;
  let unterminated = false;
  const free = new Set(separators);
  for await (const block of lineBlocks(contentOf(path, input.display), input.display)) {
    scope.checkpoint();
    watch.push(block);
    holdsNul ||= block.includes(0);
    for (const separator of free) if (block.includes(separator)) free.delete(separator);
    let start = 0;
    while (start < block.length) {
      const newline = block.indexOf(10, start);
      const end = newline < 0 ? block.length : newline;
      unterminated = newline < 0;
      rows++;
      if (end - start > longestLine) longestLine = end - start;
      if (newline > start && block[newline - 1] === 13) withReturn++;
      start = end + 1;
    }
    for (let at = block.indexOf(13); at >= 0; at = block.indexOf(13, at + 1)) oddReturns++;
  }
  oddReturns -= withReturn;
  const [unused] = free;
  const uniform = withReturn === 0 || withReturn === rows - (unterminated ? 1 : 0);
  const notUtf8 = watch.first();
  const asItLies = uniform && oddReturns === 0 && notUtf8 === undefined && !holdsNul && unused !== undefined;
  return {
    rows,
    longestLine,
    notUtf8,
    layout: asItLies
      ? { unused: String.fromCharCode(unused), lineEnd: withReturn > 0 ? '\r\n' : '\n', longestLine }
      : undefined,
  };
};

const newline = /\r?\n/;

/** Each line as `{"body": …}`; what is not UTF-8 becomes U+FFFD. */
async function* bodies(path: string, display: string): AsyncIterable<Uint8Array> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for await (const block of lineBlocks(contentOf(path, display), display)) {
    const lines = decoder.decode(block).split(newline);
    if (lines[lines.length - 1] === '') lines.pop();
    yield Buffer.from(lines.map((body) => `{"body":${JSON.stringify(body)}}\n`).join(''));
  }
}

/** Plain text: `line` counts from 1, `body` is the line without its end. */
export const loadText = async (input: Input, scope: LoadScope): Promise<Loading> => {
  const path = await plainPath(input, scope);
  const facts = await scanText(path, input, scope);
  if (facts.notUtf8 !== undefined) scope.warn(replacedText(input.display, facts.notUtf8));
  if (facts.layout) return settled(textRelation(path, facts.layout, scope.pattern), facts.rows);
  const spooled = await scope.spool.write(bodies(path, input.display), input.display);
  // A byte takes six at most in JSON.
  const longestLine = facts.longestLine * 6 + 16;
  return settled(spooledTextRelation(spooled, { rows: facts.rows, longestLine }, scope.pattern), facts.rows);
};
