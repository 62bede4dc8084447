import type { ColumnSource } from '../../../core/query/index.js';
import { identifier, literal } from '../quote.js';
import { duckdbType } from '../types.js';

// A reader of no column at all is not to be had: this key is longer than the scanner lets any key be.
const keyOfNone = 'x'.repeat(200);

/** The engine's reader takes an object of at most this many bytes unless told otherwise, and allocates twice as much. */
const usualLine = 16 * 2 ** 20;

const readType = ({ column, reading }: ColumnSource): string =>
  reading === 'as_is' ? duckdbType(column.type) : 'VARCHAR';

const isAtLeast = (value: string, size: string): string => `${value} >= ${size} OR ${value} <= -${size}`;

/** Integers are an epoch whose unit shows in its size (`kyma` §1.3 rule 1), down to the microsecond. */
// Not by abs(): the smallest integer of 64 bit has none.
const epoch = (value: string): string => `make_timestamptz(CASE
    WHEN ${isAtLeast(value, '100000000000000000')} THEN ${value} // 1000 - CAST(${value} % 1000 < 0 AS BIGINT)
    WHEN ${isAtLeast(value, '100000000000000')} THEN ${value}
    WHEN ${isAtLeast(value, '100000000000')} THEN ${value} * 1000
    ELSE ${value} * 1000000 END)`;

const expression = (source: ColumnSource): string => {
  const key = identifier(source.key);
  const type = duckdbType(source.column.type);
  switch (source.reading) {
    case 'absent':
      return `CAST(NULL AS ${type})`;
    case 'as_is':
    case 'text_form':
      return key;
    case 'epoch_or_text':
      return `CASE WHEN regexp_full_match(${key}, '-?[0-9]+') THEN ${epoch(`TRY_CAST(${key} AS BIGINT)`)} ELSE CAST(${key} AS TIMESTAMPTZ) END`;
  }
};

/** The query that turns validated NDJSON files into an extent's columns; it cannot fail on what the scanner took. */
export const readingQuery = (
  paths: readonly string[],
  facts: { readonly sources: readonly ColumnSource[]; readonly longestLine: number; readonly bytes: number },
): string => {
  const { sources, longestLine, bytes } = facts;
  const present = sources.filter(({ reading }) => reading !== 'absent');
  const read =
    present.length === 0
      ? [`${literal(keyOfNone)}: 'VARCHAR'`]
      : present.map((source) => `${literal(source.key)}: '${readType(source)}'`);
  const select = sources.map((source) => `${expression(source)} AS ${identifier(source.column.name)}`);
  const options = [
    "format = 'newline_delimited'",
    `columns = {${read.join(', ')}}`,
    `maximum_object_size = ${Math.max(Math.min(usualLine, bytes), longestLine) + 1_024}`,
  ];
  return `SELECT ${select.join(', ')} FROM read_json([${paths.map(literal).join(', ')}], ${options.join(', ')})`;
};
