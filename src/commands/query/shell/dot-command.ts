import { nearest } from '../../../base/nearest.js';
import type { Format } from '../../../render/index.js';
import { flow, twoColumns } from '../../frame/wrap.js';

/** What a line that starts with a dot asks of the shell. */
export type DotCommand =
  | { readonly kind: 'mode'; readonly format: Format | undefined }
  | { readonly kind: 'schema'; readonly table: string | undefined }
  | { readonly kind: 'timer'; readonly on: boolean }
  | { readonly kind: 'db'; readonly database: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'quit' }
  | { readonly kind: 'wrong'; readonly message: string; readonly hint: string };

/** Formats that `.mode` takes; `auto` is the default of the terminal. */
export const modes = ['auto', 'table', 'wide', 'json', 'ndjson', 'yaml', 'csv', 'tsv', 'md'] as const;

/** The dot commands with what each does; `.help` and completion are made of it. */
export const dotCommands = [
  { name: '.mode', usage: '.mode FORMAT', does: `how rows are shown: ${modes.join(' ')}` },
  { name: '.schema', usage: '.schema [TABLE]', does: 'tables, or the columns of one' },
  { name: '.timer', usage: '.timer on|off', does: 'time, rows and bytes after each answer' },
  { name: '.db', usage: '.db NAME', does: 'another database' },
  { name: '.help', usage: '.help', does: 'this list' },
  { name: '.quit', usage: '.quit', does: 'leave (Ctrl-D too)' },
] as const;

type DotName = (typeof dotCommands)[number]['name'];

const wrong = (message: string, hint: string): DotCommand => ({ kind: 'wrong', message, hint });

const parsers = {
  '.mode': (argument) => {
    const mode = modes.find((one) => one === argument);
    if (!mode) return wrong(`.mode: "${argument ?? ''}" is not a format`, `use one of ${modes.join(', ')}`);
    return { kind: 'mode', format: mode === 'auto' ? undefined : mode };
  },
  '.schema': (argument) => ({ kind: 'schema', table: argument }),
  '.timer': (argument) =>
    argument === 'on' || argument === 'off'
      ? { kind: 'timer', on: argument === 'on' }
      : wrong(`.timer: "${argument ?? ''}" is neither on nor off`, 'use .timer on or .timer off'),
  '.db': (argument) =>
    argument === undefined
      ? wrong('.db: the name of a database is missing', 'for example .db default')
      : { kind: 'db', database: argument },
  '.help': () => ({ kind: 'help' }),
  '.quit': () => ({ kind: 'quit' }),
} satisfies Record<DotName, (argument: string | undefined) => DotCommand>;

const isDotName = (name: string): name is DotName => Object.hasOwn(parsers, name);

/** A word of an argument: quotes around a name are taken off. */
const unquoted = (word: string): string =>
  /^".*"$/s.test(word) && word.length > 1 ? word.slice(1, -1).replaceAll('""', '"') : word;

/**
 * Parses a line that starts with a dot; never throws.
 *
 * @example parseDotCommand('.mode csv') // { kind: 'mode', format: 'csv' }
 */
export const parseDotCommand = (line: string): DotCommand => {
  const words =
    line
      .trim()
      .replace(/;$/, '')
      .match(/"(?:[^"]|"")*"|\S+/g) ?? [];
  const [typed = '.', argument, ...more] = words;
  const name = typed === '.exit' ? '.quit' : typed;
  if (!isDotName(name)) {
    const near = nearest(
      name,
      dotCommands.map((one) => one.name),
    )[0];
    return wrong(
      `no shell command ${name}`,
      near ? `did you mean ${near}? .help lists them all` : 'see them all with .help',
    );
  }
  if (more.length > 0) return wrong(`${name}: too many words`, `use ${usageOf(name)}`);
  return parsers[name](argument === undefined ? undefined : unquoted(argument));
};

const usageOf = (name: DotName): string => dotCommands.find((one) => one.name === name)?.usage ?? name;

/** The text of `.help`. */
export const helpText = (): string => {
  const about =
    'A statement ends with ; and may span lines. Tab completes, Up searches the history by what is typed. Ctrl-C stops a query or clears the line.';
  return [...flow(about), '', ...twoColumns(dotCommands.map(({ usage, does }) => [usage, does])), ''].join('\n');
};
