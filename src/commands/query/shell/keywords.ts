/** Words of the query language and its most used functions, as completion offers them. */
export const keywords: readonly string[] = [
  ...['ALL', 'AND', 'ANY', 'AS', 'ASC', 'BETWEEN', 'BY', 'CASE', 'CAST', 'COUNT', 'CROSS', 'CURRENT_TIMESTAMP'],
  ...['DATE_TRUNC', 'DESC', 'DESCRIBE', 'DISTINCT', 'ELSE', 'END', 'EXCEPT', 'EXCLUDE', 'EXISTS', 'EXPLAIN', 'EXTRACT'],
  ...['FALSE', 'FILTER', 'FIRST', 'FROM', 'FULL', 'GROUP', 'HAVING', 'ILIKE', 'IN', 'INNER', 'INTERSECT', 'INTERVAL'],
  ...['IS', 'JOIN', 'LAST', 'LATERAL', 'LEFT', 'LIKE', 'LIMIT', 'MAX', 'MIN', 'NOT', 'NULL', 'NULLS', 'OFFSET', 'ON'],
  ...['OR', 'ORDER', 'OUTER', 'OVER', 'PARTITION', 'QUALIFY', 'RECURSIVE', 'REGEXP_MATCHES', 'REPLACE', 'RIGHT'],
  ...['SELECT', 'SHOW', 'SUM', 'SUMMARIZE', 'TABLES', 'THEN', 'TIMESTAMP', 'TRUE', 'UNION', 'UNNEST', 'USING'],
  ...['VALUES', 'WHEN', 'WHERE', 'WINDOW', 'WITH', 'AVG', 'COALESCE', 'LENGTH', 'LOWER', 'UPPER', 'NOW', 'DATE_BIN'],
];

/** Words that cannot be a name without double quotes. */
const reserved = new Set(
  [
    'all analyze and any array as asc both case cast check collate column constraint create default desc describe',
    'distinct do else end except false fetch for foreign from group having in intersect into lambda lateral leading',
    'limit not null offset on only or order pivot primary qualify references returning select show some summarize',
    'table then to trailing true union unique unpivot using when where window with',
  ].flatMap((line) => line.split(' ')),
);

/** The name as SQL takes it in every case. */
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The name as a person would type it: in double quotes only where it must be. */
export const spelledName = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !reserved.has(name.toLowerCase()) ? name : quotedName(name);
