import { dotCommands, modes } from './dot-command.js';
import { keywords, quotedName, spelledName } from './keywords.js';
import { segmentsOf } from './sql-text.js';

/** A table that can be completed, with the names of its columns. */
interface CompletionTable {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface CompletionScope {
  readonly tables: readonly CompletionTable[];
  readonly databases: readonly string[];
}

export interface Completion {
  /** The part before the cursor that a candidate replaces. */
  readonly word: string;
  /** Sorted, each once. */
  readonly candidates: readonly string[];
}

export interface CompletionPoint {
  /** Everything typed since the last finished statement, the current line included. */
  readonly text: string;
  /** Offset of the cursor in `text`. */
  readonly cursor: number;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const startsWith = (name: string, word: string): boolean => name.toLowerCase().startsWith(word.toLowerCase());

const pick = (word: string, names: readonly string[]): Completion => ({
  word,
  candidates: [...new Set(names)].sort((a, b) => a.localeCompare(b)),
});

const dotArguments = (scope: CompletionScope): Readonly<Record<string, readonly string[]>> => ({
  '.mode': modes,
  '.schema': scope.tables.map(({ name }) => name),
  '.timer': ['on', 'off'],
  '.db': scope.databases,
});

const completeDot = (before: string, scope: CompletionScope): Completion => {
  const [, command = '', word] = /^\s*(\.\S*)(?:\s+(\S*))?$/.exec(before) ?? [];
  if (word === undefined)
    return pick(
      command,
      dotCommands.map(({ name }) => name).filter((name) => name.startsWith(command)),
    );
  return pick(
    word,
    (dotArguments(scope)[command] ?? []).filter((name) => startsWith(name, word)),
  );
};

const nameToken = /"((?:[^"]|"")*)"|([A-Za-z_][\w$]*)|(\S)/g;
const notAnAlias = new Set(keywords.map((word) => word.toLowerCase()));

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

/** Words and quoted names of the text, without strings and comments. */
const tokensOf = (text: string): readonly Token[] => {
  const bare = segmentsOf(text)
    .map(({ kind, start, end }) => (kind === 'code' || kind === 'name' ? text.slice(start, end) : ' '))
    .join('');
  return [...bare.matchAll(nameToken)].map(([whole, quoted]) => ({
    text: quoted === undefined ? whole : quoted.replaceAll('""', '"'),
    quoted: quoted !== undefined,
  }));
};

/** Tables that the text names, by the names under which it may address their columns (aliases too). */
const namedTables = (text: string, tables: readonly CompletionTable[]): ReadonlyMap<string, CompletionTable> => {
  const named = new Map<string, CompletionTable>();
  const tokens = tokensOf(text);
  tokens.forEach((token, index) => {
    const table = tables.find(({ name }) => same(name, token.text));
    if (!table) return;
    named.set(table.name.toLowerCase(), table);
    const next = tokens[index + 1];
    const alias = next && same(next.text, 'as') && !next.quoted ? tokens[index + 2] : next;
    const isName =
      alias && (alias.quoted || (/^[A-Za-z_]/.test(alias.text) && !notAnAlias.has(alias.text.toLowerCase())));
    if (isName) named.set(alias.text.toLowerCase(), table);
  });
  return named;
};

/** In the case that the user types: `sel` → `select`, `SEL` → `SELECT`. */
const keywordsFor = (word: string): readonly string[] => {
  if (word === '') return [];
  const lower = word === word.toLowerCase();
  return keywords.filter((one) => startsWith(one, word)).map((one) => (lower ? one.toLowerCase() : one));
};

const wantsTable = /\b(?:from|join|describe|summarize|desc|update|into|table)\s+$|\bfrom\b[^()]*,\s*$/i;

const columnNames = (tables: Iterable<CompletionTable>): readonly string[] =>
  [...tables].flatMap(({ columns }) => columns);

/** Candidates for a name whose opening double quote has been typed. */
const completeQuoted = (typed: string, scope: CompletionScope): Completion => {
  const names = [...scope.tables.map(({ name }) => name), ...columnNames(scope.tables)];
  return pick(
    typed,
    names.map(quotedName).filter((name) => startsWith(name, typed)),
  );
};

const completeName = ({ text, cursor }: CompletionPoint, scope: CompletionScope): Completion => {
  const before = text.slice(0, cursor);
  const word = /[A-Za-z_][\w$]*$/.exec(before)?.[0] ?? '';
  const lead = before.slice(0, before.length - word.length);
  const named = namedTables(text, scope.tables);
  const owner = /(?:"((?:[^"]|"")*)"|([A-Za-z_][\w$]*))\.$/.exec(lead);
  if (owner) {
    const name = (owner[1]?.replaceAll('""', '"') ?? owner[2] ?? '').toLowerCase();
    const columns = named.get(name)?.columns ?? [];
    return pick(word, columns.filter((column) => startsWith(column, word)).map(spelledName));
  }
  const tables = scope.tables.map(({ name }) => name);
  const fits = (names: readonly string[]): readonly string[] =>
    names.filter((name) => startsWith(name, word)).map(spelledName);
  if (wantsTable.test(lead)) return pick(word, fits(tables));
  const columns = columnNames(named.size > 0 ? named.values() : scope.tables);
  return pick(word, [...fits(columns), ...fits(tables), ...keywordsFor(word)]);
};

/**
 * What may stand at the cursor: dot commands and their arguments, tables behind FROM, the columns of a table or alias
 * behind its dot, else columns of the tables that the statement names, tables and keywords. Nothing inside a string or
 * a comment.
 */
export const complete = (point: CompletionPoint, scope: CompletionScope): Completion => {
  const before = point.text.slice(0, point.cursor);
  if (/^\s*\./.test(before)) return completeDot(before, scope);
  const inside = segmentsOf(before).at(-1);
  if (inside?.kind === 'line comment' || (inside && !inside.closed && inside.kind !== 'name'))
    return { word: '', candidates: [] };
  if (inside && !inside.closed) return completeQuoted(before.slice(inside.start), scope);
  const statementStart = before.lastIndexOf(';') + 1;
  return completeName({ text: point.text.slice(statementStart), cursor: point.cursor - statementStart }, scope);
};
