import { type DotCommand, parseDotCommand } from './dot-command.js';
import { type SegmentKind, splitStatements } from './sql-text.js';

/** What the shell has been given and not yet run. */
export interface Pending {
  /** Text of the unfinished statement; empty between statements. */
  readonly text: string;
  /** Quotation or comment that the text stops in. */
  readonly open: SegmentKind | undefined;
}

export type ShellStep =
  | { readonly do: 'run'; readonly sql: string }
  | { readonly do: 'dot'; readonly command: DotCommand; readonly line: string }
  /** An empty line in the middle of a statement: its author may be waiting for an answer. */
  | { readonly do: 'remind' };

export const nothingPending: Pending = { text: '', open: undefined };

/** Takes one line: what is pending from now on, and what is to be done, in this order. Pure. */
export const takeLine = (
  pending: Pending,
  line: string,
): { readonly pending: Pending; readonly steps: readonly ShellStep[] } => {
  if (pending.text === '' && /^\s*\./.test(line))
    return { pending, steps: [{ do: 'dot', command: parseDotCommand(line), line: line.trim() }] };
  if (pending.text !== '' && pending.open === undefined && line.trim() === '')
    return { pending, steps: [{ do: 'remind' }] };
  const text = pending.text === '' ? line : `${pending.text}\n${line}`;
  const { statements, rest, open } = splitStatements(text);
  return {
    pending: rest === '' ? nothingPending : { text: rest, open },
    steps: statements.map((sql) => ({ do: 'run', sql })),
  };
};

const marks: Readonly<Record<SegmentKind, string>> = {
  code: '->',
  string: "'>",
  name: '">',
  dollar: '$>',
  'line comment': '->',
  'block comment': '*>',
};

/** `default> `, and right-aligned under it `     -> ` while a statement is unfinished, or what is still open. */
export const promptOf = (label: string, { text, open }: Pending): string => {
  const first = `${label}> `;
  return text === '' ? first : `${marks[open ?? 'code'].padStart(first.length - 1)} `;
};
