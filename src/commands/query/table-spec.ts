import { OpsError } from '../../base/errors.js';
import { parseInput } from '../../base/parse-input.js';
import { ColumnType, type TableSpec } from '../../core/query/index.js';

/** The flags of `table create` and `table update`. */
export interface TableFlags {
  readonly column?: readonly string[];
  readonly retentionDays?: string;
  readonly timeColumn?: string;
}

/** One `--column name:type`; the name may hold colons, the type stands behind the last. Throws `usage`. */
const parseColumnFlag = (text: string): { readonly name: string; readonly type: ColumnType } => {
  const colon = text.lastIndexOf(':');
  const name = text.slice(0, Math.max(colon, 0));
  const type = ColumnType.safeParse(text.slice(colon + 1));
  if (name === '' || !type.success)
    throw new OpsError(
      'usage',
      `--column: "${text}" is not a column`,
      `use NAME:TYPE, type one of ${ColumnType.options.join(', ')}`,
    );
  return { name, type: type.data };
};

/** Days of `--retention-days`; `none` is null: rows are kept for ever. Throws `usage`. */
export const parseRetention = (text: string): number | null => {
  if (text === 'none') return null;
  const days = Number(text);
  if (!/^\d+$/.test(text) || days < 1 || days > 36_500)
    throw new OpsError('usage', `--retention-days: "${text}" is not a number of days`, 'use 1 to 36500, or none');
  return days;
};

/** The body of the call: what a file says, overridden by the flags. */
export const tableSpec = (body: TableSpec, { column, retentionDays, timeColumn }: TableFlags): TableSpec => ({
  ...body,
  ...(column && { columns: column.map(parseColumnFlag) }),
  ...(retentionDays !== undefined && { retention_days: parseRetention(retentionDays) }),
  ...(timeColumn !== undefined && { time_column: timeColumn }),
});

/** A body out of JSON text. `invalid_data` that names the file and what is wrong. */
export const parseSpec = (
  schema: typeof TableSpec,
  { text, path }: { readonly text: string; readonly path: string },
): TableSpec => {
  const what = path === '-' ? 'stdin' : path;
  try {
    return parseInput(schema, JSON.parse(text), { what });
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new OpsError(
      'invalid_data',
      `${what} is not JSON: ${cause.message}`,
      'give a body such as {"retention_days":30}',
      {
        reason: 'bad_request_body',
        cause,
      },
    );
  }
};
