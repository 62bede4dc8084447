const beyond = (name: string): string => `error("${name} does not work with --jq, which sees one value at a time")`;

/**
 * Stands before every program. Rows are handed over in batches, so what reaches beyond its own input would depend on
 * where a batch ends. It is a line of its own: columns stay right, lines are one too many.
 */
export const prelude = `def input: ${beyond('input')}; def inputs: ${beyond('inputs')}; def halt: ${beyond('halt')}; def halt_error: ${beyond('halt_error')}; def halt_error($code): ${beyond('halt_error')};\n`;

/** Whole lines of jq's compact output as they are printed: strings raw, everything else as it stands. */
export const printed = (lines: string): string =>
  lines.startsWith('"') || lines.includes('\n"')
    ? lines
        .split('\n')
        .map((line) => (line.startsWith('"') ? String(JSON.parse(line)) : line))
        .join('\n')
    : lines;
