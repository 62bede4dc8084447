import type { Execution } from '../../../core/query/index.js';

/** What the engine calls the column of a file that has none: a table must have one. DESCRIBE shows it. */
export const noColumns = '(no columns)';

/** Two files without columns in one answer: the second gets a number. */
const isStandIn = (name: string): boolean => /^\(no columns\)(_\d+)?$/.test(name);

// A quote within a value is escaped, so only a key looks like this.
const key = String.raw`"\(no columns\)(?:_\d+)?":null`;
const keys = new RegExp(`${key},|,?${key}`, 'g');

/** The execution without the column that stands in where a file has none. */
export const withoutStandIns = (execution: Execution): Execution => {
  const columns = execution.columns.filter(({ name }) => !isStandIn(name));
  if (columns.length === execution.columns.length) return execution;
  const { pour: _, ...rest } = execution;
  return {
    ...rest,
    columns,
    async *ndjson() {
      for await (const lines of execution.ndjson())
        yield Buffer.from(Buffer.from(lines).toString('utf8').replaceAll(keys, ''));
    },
  };
};
