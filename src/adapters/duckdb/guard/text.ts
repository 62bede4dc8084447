/** Where a quoted or commented stretch that begins at `at` ends; undefined where none begins. */
const stretchEnd = (sql: string, at: number): number | undefined => {
  const two = sql.slice(at, at + 2);
  if (two === '--') {
    const end = sql.indexOf('\n', at);
    return end < 0 ? sql.length : end + 1;
  }
  if (two === '/*') return commentEnd(sql, at);
  const first = sql[at];
  if (first === "'") return quoteEnd(sql, at, /[eE]/.test(sql[at - 1] ?? '') && !/[\w$]/.test(sql[at - 2] ?? ''));
  if (first === '"') return quoteEnd(sql, at, false);
  if (first === '$' && !/[\w$]/.test(sql[at - 1] ?? '')) return dollarEnd(sql, at);
  return undefined;
};

/** Comments nest. */
const commentEnd = (sql: string, at: number): number => {
  let depth = 0;
  for (let index = at; index < sql.length; index++) {
    const two = sql.slice(index, index + 2);
    if (two === '/*') depth++;
    else if (two === '*/') depth--;
    else continue;
    index++;
    if (depth === 0) return index + 1;
  }
  return sql.length;
};

/** A doubled quote is part of the text, and so is whatever a backslash precedes in an `E''` text. */
const quoteEnd = (sql: string, at: number, backslashes: boolean): number => {
  const quote = sql[at];
  for (let index = at + 1; index < sql.length; index++) {
    if (backslashes && sql[index] === '\\') index++;
    else if (sql[index] === quote && sql[index + 1] === quote) index++;
    else if (sql[index] === quote) return index + 1;
  }
  return sql.length;
};

const dollarEnd = (sql: string, at: number): number | undefined => {
  const tag = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/.exec(sql.slice(at, at + 130))?.[0];
  if (tag === undefined) return undefined;
  const end = sql.indexOf(tag, at + tag.length);
  return end < 0 ? sql.length : end + tag.length;
};

/**
 * The text up to its first semicolon that is neither quoted nor in a comment. Only to be used on a text that the
 * engine has parsed as one statement: what follows is then nothing.
 */
export const withoutSemicolon = (sql: string): string => {
  for (let at = 0; at < sql.length; ) {
    if (sql[at] === ';') return sql.slice(0, at);
    at = stretchEnd(sql, at) ?? at + 1;
  }
  return sql;
};

/** Index of the first character that is neither blank nor in a comment. */
export const skipBlanks = (sql: string, from = 0): number => {
  let at = from;
  for (;;) {
    while (/\s/.test(sql[at] ?? '')) at++;
    const two = sql.slice(at, at + 2);
    if (two !== '--' && two !== '/*') return at;
    at = stretchEnd(sql, at) ?? at + 1;
  }
};

/** The word that begins at `at`, in upper case; empty where none does. */
export const wordAt = (sql: string, at: number): string =>
  /^[A-Za-z_]+/.exec(sql.slice(at, at + 32))?.[0].toUpperCase() ?? '';

const isWordPart = (char: string | undefined): boolean => char !== undefined && /[\w$\u0080-\uffff]/.test(char);

/** Whether the `at` that ends before `behind` is the engine's keyword: `AT TIME ZONE`, `AT (VERSION => …)`. */
const isKeyword = (sql: string, behind: number): boolean => {
  const next = skipBlanks(sql, behind);
  return sql[next] === '(' || wordAt(sql, next) === 'TIME';
};

/**
 * The text with each bare `at` that can only be a column in quotes: the documented default table has a column of that
 * name, and to the engine the word is reserved. Quoted and commented stretches stay as they are.
 */
export const withQuotedAt = (sql: string): string => {
  if (!/\bat\b/i.test(sql)) return sql;
  let quoted = '';
  for (let at = 0; at < sql.length; ) {
    const end = stretchEnd(sql, at);
    const isAt = end === undefined && wordAt(sql, at) === 'AT' && !isWordPart(sql[at - 1]) && !isWordPart(sql[at + 2]);
    const next = end ?? (isAt ? at + 2 : at + 1);
    const text = sql.slice(at, next);
    quoted += isAt && !isKeyword(sql, next) ? `"${text}"` : text;
    at = next;
  }
  return quoted;
};
