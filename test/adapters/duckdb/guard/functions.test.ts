import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commonAggregates, commonScalars } from '../../../../src/adapters/duckdb/guard/common.js';
import { allowedFunctions } from '../../../../src/adapters/duckdb/guard/functions.js';
import { type LockedInstance, openLockedInstance } from '../../../../src/adapters/duckdb/locked-instance.js';

let locked: LockedInstance;
beforeAll(async () => {
  locked = await openLockedInstance({ memoryBytes: 2 ** 28, spill: false, directories: [], paths: [], setup: [] });
});
afterAll(() => locked.close());

const typed = async (type: string): Promise<ReadonlySet<unknown>> => {
  const reader = await locked.connection.runAndReadAll(
    `SELECT DISTINCT lower(function_name) FROM duckdb_functions() WHERE function_type = '${type}'`,
  );
  return new Set(reader.getRows().map(([name]) => name));
};

describe('the common functions', () => {
  test('are all allowed', async () => {
    const allowed = await allowedFunctions(locked.connection);
    expect([...commonScalars, ...commonAggregates].filter((name) => !allowed.has(name))).toEqual([]);
  });
  test('are aggregates or not as the engine says', async () => {
    const aggregates = await typed('aggregate');
    expect([...commonScalars].filter((name) => aggregates.has(name))).toEqual([]);
    expect([...commonAggregates].filter((name) => !aggregates.has(name))).toEqual([]);
  });
});

test('no function that reaches out of the query is allowed', async () => {
  const allowed = await allowedFunctions(locked.connection);
  const risky =
    /env|setting|secret|variable|^pg_(?!typeof)|duckdb|pragma|parquet|_scan|^read_|^write_|serialize|nextval|txid|current_q|sleep|query|viewdef|privilege/;
  expect([...allowed].filter((name) => risky.test(name)).sort()).toEqual([]);
});
