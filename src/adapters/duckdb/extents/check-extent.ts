import { DuckDBInstance } from '@duckdb/node-api';
import type { Extent } from '../../../core/query/index.js';
import { literal } from '../quote.js';

/**
 * Reads every value of an extent; what is wrong with it, undefined where nothing is. One engine instance for all calls
 * until `close`.
 */
export const extentChecker = () => {
  let instance: Promise<DuckDBInstance> | undefined;
  return {
    check: async (path: string, { rowCount }: Pick<Extent, 'rowCount'>): Promise<string | undefined> => {
      instance ??= DuckDBInstance.create(':memory:', { memory_limit: '1GB' });
      const connection = await (await instance).connect();
      try {
        const reader = await connection.runAndReadAll(
          `SELECT count(*), bit_xor(hash(t)) FROM read_parquet(${literal(path)}) AS t`,
        );
        const rows = Number(reader.getRows()[0]?.[0]);
        return rows === rowCount ? undefined : `the file holds ${rows} rows, the books say ${rowCount}`;
      } catch {
        // The engine's message names paths and pages; what the user needs to know is that it cannot be read.
        return 'the file is damaged: its values cannot be read';
      } finally {
        connection.closeSync();
      }
    },
    close: async (): Promise<void> => {
      (await instance)?.closeSync();
    },
  };
};
