/** Help is at most this wide, also in a terminal that is wider: it is read in logs and in documents too. */
export const helpColumns = 80;

/**
 * Words flowed into lines of at most `width` columns, each behind `indent`. A longer word stands alone; a no-break
 * space does not part words.
 */
export const flow = (text: string, { width = helpColumns, indent = '' } = {}): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/[ \t\r\n]+/).filter((part) => part !== '')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, indent + line];
};

/** Pairs as two columns; a left side that is too long stands on a line of its own. */
export const twoColumns = (
  pairs: readonly (readonly [left: string, right: string])[],
  { indent = '  ', most = 26 } = {},
): readonly string[] => {
  const column = Math.min(most, Math.max(0, ...pairs.map(([left]) => left.length).filter((length) => length <= most)));
  const gutter = indent + ' '.repeat(column + 2);
  return pairs.flatMap(([left, right]) => {
    const lines = flow(right, { indent: gutter });
    if (left.length > column) return [indent + left, ...lines];
    const [first = gutter, ...more] = lines;
    return [`${indent}${left.padEnd(column + 2)}${first.slice(gutter.length)}`.trimEnd(), ...more];
  });
};

/**
 * A shell command line over several lines that can still be pasted: outside quotes a break is a backslash, inside them
 * it is a line break of the quoted text (white space, as far as SQL is concerned).
 */
export const flowShell = (line: string, { width = helpColumns, indent = '  ' } = {}): readonly string[] => {
  const lines: string[] = [];
  let quote = '';
  let current = indent;
  let breakAt: { readonly place: number; readonly quoted: boolean } | undefined;
  for (const char of line) {
    if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = '';
    if (char === ' ' && current.trim() !== '') breakAt = { place: current.length, quoted: quote !== '' };
    current += char;
    if (current.length <= width - 2 || breakAt === undefined) continue;
    lines.push(current.slice(0, breakAt.place) + (breakAt.quoted ? '' : ' \\'));
    current = `${indent}  ${current.slice(breakAt.place + 1)}`;
    breakAt = undefined;
  }
  return [...lines, current];
};
