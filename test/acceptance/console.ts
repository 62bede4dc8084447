/** A command of a documentation page, and what the page says it prints. */
export interface ConsoleExample {
  readonly line: number;
  readonly command: string;
  readonly output: string;
}

/** The `$ …` lines of all blocks marked `console`, with the lines up to the next one. */
export const consoleExamples = (markdown: string): { block: ConsoleExample[] }[] => {
  const blocks: { block: ConsoleExample[] }[] = [];
  let inside = false;
  markdown.split('\n').forEach((text, index) => {
    if (text.startsWith('```')) {
      inside = text === '```console';
      if (inside) blocks.push({ block: [] });
      return;
    }
    if (!inside) return;
    const block = blocks[blocks.length - 1]?.block ?? [];
    if (text.startsWith('$ ')) block.push({ line: index + 1, command: text.slice(2), output: '' });
    else {
      const last = block.pop();
      if (last) block.push({ ...last, output: `${last.output}${text}\n` });
    }
  });
  return blocks;
};
