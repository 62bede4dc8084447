import { type IngestDeps, ingestInto } from '../ingest/ingest.js';
import { reservedDatabase } from '../names.js';
import type { QueryMaintenance } from '../query-service.js';
import { opsColumns } from './ops-tables.js';

/** The way into the reserved database: the ingest of everybody, but for the check that nobody may write there. */
export const recorder = (deps: IngestDeps): QueryMaintenance['record'] => {
  const ingest = ingestInto({ ...deps, checkTarget: () => undefined });
  return async (table, { rows, key }) => {
    const database = reservedDatabase;
    // Finds the table most of the time. A column that a later version adds comes with the first row that carries it.
    await deps.catalog.createTable({
      database,
      name: table,
      columns: opsColumns(table),
      timeColumn: 'at',
      now: deps.clock.now(),
    });
    return ingest({ database, table, body: rows, idempotencyKey: key });
  };
};
