import type { FunctionMacro } from './function-macro.js';
import { scalarMacros } from './macros-scalar.js';
import { literal } from './quote.js';
import { rewrittenFunctions } from './rewrite.js';
import { rowJsonSetup } from './row-json.js';

const created = ({ name, sql }: FunctionMacro, or = ''): string => `CREATE ${or}MACRO main.${name}${sql.join(', ')}`;

/** The macros in the order of their definition. */
export const macros: readonly FunctionMacro[] = scalarMacros;

/** What stands still during a statement, and the functions of the engine that tell it. */
const frozen = (now: string): readonly FunctionMacro[] => {
  const instant = `CAST(${now} AS TIMESTAMPTZ)`;
  const local = `CAST(${now} AS TIMESTAMP)`;
  return [
    ...['now', 'get_current_timestamp', 'transaction_timestamp'].map((name) => ({
      name,
      sql: [`() AS ${instant}`],
      note: '',
    })),
    ...['today', 'current_date'].map((name) => ({ name, sql: [`() AS CAST(${local} AS DATE)`], note: '' })),
    { name: 'get_current_time', sql: [`() AS CAST(CAST(${local} AS TIME) AS TIMETZ)`], note: '' },
    { name: 'current_localtime', sql: [`() AS CAST(${local} AS TIME)`], note: '' },
    { name: 'current_localtimestamp', sql: [`() AS ${local}`], note: '' },
    { name: 'ago', sql: [`(i) AS ${instant} - CAST(i AS INTERVAL)`], note: '' },
    {
      name: 'age',
      sql: [
        `(t) AS system.main.age(CAST(CAST(${local} AS DATE) AS TIMESTAMP), CAST(t AS TIMESTAMP))`,
        '(a, b) AS system.main.age(a, b)',
      ],
      note: '',
    },
  ];
};

/** Statements that make `now()` and its relatives answer this instant. */
export const frozenNow = (now: Date): string => {
  const text = literal(now.toISOString().replace('T', ' ').replace('Z', '+00'));
  const zoneless = literal(now.toISOString().replace('T', ' ').replace('Z', ''));
  return frozen(text)
    .map((macro) =>
      created(
        { ...macro, sql: macro.sql.map((sql) => sql.replaceAll(`${text} AS TIMESTAMP)`, `${zoneless} AS TIMESTAMP)`)) },
        'OR REPLACE ',
      ),
    )
    .join(';\n');
};

const frozenNames = new RegExp(
  frozen("''")
    .map(({ name }) => `"${name}"`)
    .join('|'),
  'i',
);

/** True where a statement, given as its tree, may ask for the time: then `frozenNow` has to come before it. */
export const asksForNow = (tree: string): boolean => frozenNames.test(tree);

/** Names, in lower case, of the functions that we add to the engine. */
export const macroNames: readonly string[] = [
  ...macros.map(({ name }) => name),
  ...frozen("''").map(({ name }) => name),
  ...rewrittenFunctions.map(({ name }) => name),
];

/** Statements that an instance runs before its lock: our functions, and what the row encoding needs. */
export const macroSetup: readonly string[] = [...macros.map((macro) => created(macro)), ...rowJsonSetup];
