import type { z } from 'zod';
import { OpsError } from './errors.js';

/**
 * Value in, the schema's type out. Throws `invalid_data` that names every wrong field (`usage` where `code` says so).
 *
 * @example parseInput(TableSpec, body, { what: 'table' })
 */
export const parseInput = <Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  { what = 'input', code = 'invalid_data' }: { what?: string; code?: 'invalid_data' | 'usage' } = {},
): z.infer<Schema> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) =>
    issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`,
  );
  throw new OpsError(code, `${what}: ${faults.join('; ')}`, 'correct the value and try again', {
    reason: 'bad_request',
  });
};
