const codes = { name: [36, 39], string: [32, 39], word: [33, 39], none: [2, 22] } as const;

const painted = (text: string, [on, off]: readonly [number, number]): string => `\u001b[${on}m${text}\u001b[${off}m`;

/** Place behind the quote that ends the string which begins at `start`. */
const stringEnd = (text: string, start: number): number => {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return text.length;
};

/** Numbers and words between strings. */
const colourWords = (text: string): string =>
  text.replace(/null|[\w.+-]+/g, (word) => painted(word, word === 'null' ? codes.none : codes.word));

/**
 * JSON text with colour codes; nothing else changes. Also for parts of a document and for several, as long as no token
 * is cut. Strings are skipped, not matched: one of 50 MB is no more work than a copy.
 */
export const colourJson = (text: string): string => {
  let coloured = '';
  let at = 0;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return coloured + colourWords(text.slice(at));
    const end = stringEnd(text, quote);
    const isName = /\s*:/y;
    isName.lastIndex = end;
    coloured += colourWords(text.slice(at, quote));
    coloured += painted(text.slice(quote, end), isName.test(text) ? codes.name : codes.string);
    at = end;
  }
  return coloured;
};
