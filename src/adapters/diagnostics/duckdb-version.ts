import { DuckDBInstance } from '@duckdb/node-api';

/** Version of the DuckDB that is really loaded, e.g. `1.5.5`. Rejects where it does not load. */
export const duckdbVersion = async (): Promise<string> => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    const reader = await connection.runAndReadAll('SELECT version()');
    return String(reader.getRows()[0]?.[0]).replace(/^v/, '');
  } finally {
    connection.closeSync();
  }
};
