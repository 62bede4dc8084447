import type { CsvScan, FileColumn, FileScan, LinePattern } from '../../../core/query/index.js';
import { identifier, literal } from '../quote.js';
import { duckdbType } from '../types.js';
import { noColumns } from './no-columns.js';

/** A file as the engine reads it: the text of a query, and what it yields. */
export interface Relation {
  readonly sql: string;
  readonly columns: readonly FileColumn[];
  /** What it reads and how, but for the columns: two relations of one source differ in nothing else. */
  readonly source: string;
}

/** The engine's JSON reader takes an object of at most this many bytes unless told otherwise. */
const usualObject = 16 * 2 ** 20;
const usualCsvLine = 2_000_000;

const placeholder: FileColumn = { name: noColumns, type: 'string' };

const nulls = (columns: readonly FileColumn[], rows: number): Relation => {
  const shown = columns.length === 0 ? [placeholder] : columns;
  const list = shown.map(({ name, type }) => `CAST(NULL AS ${duckdbType(type)}) AS ${identifier(name)}`);
  return { sql: `SELECT ${list.join(', ')} FROM range(${rows})`, columns: shown, source: `rows ${rows}` };
};

/**
 * Rows whose values nobody asks for: the right number of them, without reading the file again.
 */
export const countOnly = ({ columns }: Relation, rows: number): Relation => nulls(columns, rows);

const columnMap = (columns: readonly FileColumn[]): string =>
  `{${columns.map(({ name, type }) => `${literal(name)}: ${literal(duckdbType(type))}`).join(', ')}}`;

/** NDJSON that the scanner has passed (or will: then nothing may leave before it has), each column of its type. */
export const ndjsonRelation = (
  path: string,
  { columns, rows, longestLine }: { columns: readonly FileColumn[] } & Pick<FileScan, 'rows' | 'longestLine'>,
): Relation => {
  if (rows === 0 || columns.length === 0) return nulls(columns, rows);
  const largest = longestLine + 1_024 > usualObject ? `, maximum_object_size = ${longestLine + 1_024}` : '';
  const reader = `read_json(${literal(path)}, format = 'newline_delimited', columns = ${columnMap(columns)}, hive_partitioning = false${largest})`;
  return { sql: `SELECT * FROM ${reader}`, columns, source: `${path}${largest}` };
};

/**
 * NDJSON that has not been checked beyond its beginning, for an aggregate over these string columns: what would make
 * one of them anything else (no value, an object, an array, another spelling of the key) makes the engine fail.
 * Undefined where a column is no string. Numbers and booleans read as their text, as in a string column they should.
 */
export const guardedRelation = (
  { columns, source: path }: Relation,
  names: ReadonlySet<string>,
): Relation | undefined => {
  const used = columns.filter(({ name }) => names.has(name.toLowerCase()));
  // Where no column is used, one of text bears witness: a line that is no object lacks it.
  const witness = columns.find(({ type }) => type === 'string');
  if (!witness || used.some(({ type }) => type !== 'string')) return undefined;
  const read = (used.length === 0 ? [witness] : used).map(({ name }): FileColumn => ({ name, type: 'string' }));
  const list = columns.map(({ name, type }) => {
    const column = identifier(name);
    if (!names.has(name.toLowerCase())) return `CAST(NULL AS ${duckdbType(type)}) AS ${column}`;
    const doubtful = `${column} IS NULL OR prefix(${column}, '{') OR prefix(${column}, '[')`;
    return `CASE WHEN ${doubtful} THEN error('not a text') ELSE ${column} END AS ${column}`;
  });
  const reader = `read_json(${literal(path)}, format = 'newline_delimited', records = true, columns = ${columnMap(read)}, hive_partitioning = false)`;
  const missing = `CASE WHEN ${identifier(witness.name)} IS NULL THEN error('no such text') ELSE true END`;
  const where = used.length === 0 ? ` WHERE ${missing}` : '';
  return { sql: `SELECT ${list.join(', ')} FROM ${reader}${where}`, columns, source: path };
};

/** CSV that the scanner has passed. */
export const csvRelation = (path: string, delimiter: string, scan: CsvScan): Relation => {
  if (scan.rows === 0) return nulls(scan.columns, 0);
  const options = [
    'auto_detect = false',
    'hive_partitioning = false',
    'header = true',
    `columns = ${columnMap(scan.columns)}`,
    `delim = ${literal(delimiter)}`,
    `quote = '"'`,
    `escape = '"'`,
    `comment = ''`,
    `nullstr = ''`,
    'allow_quoted_nulls = false',
    `strict_mode = ${!scan.mixedLineEnds}`,
    // A part of the file that begins inside of quotes is read wrongly by a lenient parallel reader.
    ...(scan.mixedLineEnds && scan.multiline ? ['parallel = false'] : []),
    ...longLines(scan.longestRecord),
  ];
  return {
    sql: `SELECT * FROM read_csv(${literal(path)}, ${options.join(', ')})`,
    columns: scan.columns,
    source: path,
  };
};

const longLines = (longest: number): readonly string[] =>
  longest + 16 < usualCsvLine ? [] : [`max_line_size = ${longest + 16}`, `buffer_size = ${4 * (longest + 16)}`];

/** What the text pass found out about a file; see `scanText`. */
export interface TextLayout {
  /** A character that no line holds. */
  readonly unused: string;
  readonly lineEnd: '\n' | '\r\n';
  readonly longestLine: number;
}

const textColumns: readonly FileColumn[] = [
  { name: 'line', type: 'long' },
  { name: 'body', type: 'string' },
];

const withPattern = (lines: string, pattern: LinePattern | undefined): Relation => {
  const source = lines;
  if (!pattern) return { sql: lines, columns: textColumns, source };
  const text = literal(pattern.re2);
  const names = pattern.columns.map(literal).join(', ');
  const groups = `CASE WHEN regexp_matches(body, ${text}) THEN regexp_extract(body, ${text}, [${names}]) END`;
  const columns = pattern.columns.map((name) => `_groups.${identifier(name)} AS ${identifier(name)}`).join(', ');
  return {
    sql: `SELECT line, body, ${columns} FROM (SELECT *, ${groups} AS _groups FROM (${lines}))`,
    columns: [...textColumns, ...pattern.columns.map((name): FileColumn => ({ name, type: 'string' }))],
    source,
  };
};

const numbered = (reader: string): string =>
  `SELECT row_number() OVER () AS line, coalesce(body, '') AS body FROM ${reader}`;

/** Text as it lies: a table of one column, cut at line ends and nowhere else. */
export const textRelation = (path: string, layout: TextLayout, pattern: LinePattern | undefined): Relation => {
  const options = [
    `auto_detect = false, hive_partitioning = false, header = false, columns = {'body': 'VARCHAR'}, quote = '', escape = '', comment = ''`,
    `delim = ${literal(layout.unused)}`,
    `new_line = '${layout.lineEnd === '\n' ? '\\n' : '\\r\\n'}'`,
    ...longLines(layout.longestLine),
  ];
  return withPattern(numbered(`read_csv(${literal(path)}, ${options.join(', ')})`), pattern);
};

/** Text of which each line was written as `{"body": …}`. */
export const spooledTextRelation = (
  path: string,
  { rows, longestLine }: { readonly rows: number; readonly longestLine: number },
  pattern: LinePattern | undefined,
): Relation => {
  const { sql } = ndjsonRelation(path, { columns: [{ name: 'body', type: 'string' }], rows, longestLine });
  return withPattern(numbered(`(${sql})`), pattern);
};

export const parquetRelation = (path: string): Relation => ({
  sql: `SELECT * FROM read_parquet(${literal(path)}, hive_partitioning = false)`,
  columns: [],
  source: path,
});
