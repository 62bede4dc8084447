import { refusal } from './refusal.js';
import { skipBlanks, wordAt } from './text.js';

/** What EXPLAIN asks for; `inner` is the statement that it explains, blanked in front so that places stay true. */
export interface ExplainPrefix {
  readonly analyze: boolean;
  readonly json: boolean;
  readonly inner: string;
}

/** `(` names of options `)`, which a parenthesised SELECT never looks like. */
const options =
  /^\(\s*((?:analyze|format\s+\w+|format\s+'\w+')(?:\s*,\s*(?:analyze|format\s+\w+|format\s+'\w+'))*)\s*\)/i;

/** Taken off by hand because the engine's parser does not give out the tree of an EXPLAIN; the rest is parsed by it. */
export const explainPrefix = (sql: string): ExplainPrefix | undefined => {
  let at = skipBlanks(sql);
  if (wordAt(sql, at) !== 'EXPLAIN') return undefined;
  at = skipBlanks(sql, at + 'EXPLAIN'.length);
  let analyze = false;
  let json = false;
  if (wordAt(sql, at) === 'ANALYZE') {
    analyze = true;
    at = skipBlanks(sql, at + 'ANALYZE'.length);
  }
  const found = options.exec(sql.slice(at));
  for (const option of found?.[1]?.split(',') ?? []) {
    const [name = '', value = ''] = option.trim().toLowerCase().replaceAll("'", '').split(/\s+/);
    if (name === 'analyze') analyze = true;
    else if (value === 'json') json = true;
    else if (value !== 'text' && value !== 'default')
      throw refusal(sql, {
        message: `EXPLAIN cannot show the plan as "${value}"`,
        hint: 'use EXPLAIN or EXPLAIN (FORMAT json)',
        place: Buffer.byteLength(sql.slice(0, at)),
      });
  }
  if (found) at = skipBlanks(sql, at + found[0].length);
  const blanked = sql.slice(0, at).replace(/[^\n]/g, (taken) => ' '.repeat(Buffer.byteLength(taken)));
  return { analyze, json, inner: blanked + sql.slice(at) };
};
