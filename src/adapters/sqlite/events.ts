import type { EventLog, OpsEvent, StoredEvent } from '../../core/shared/index.js';
import type { Handle } from './handle.js';
import type { Sql } from './sql.js';

interface EventRow {
  readonly sequence: number;
  readonly type: string;
  readonly subject: string;
  readonly key: string | null;
  readonly at: number;
  readonly payload: string;
}

const fromRow = (row: EventRow): StoredEvent => ({
  sequence: row.sequence,
  type: row.type,
  subject: row.subject,
  ...(row.key !== null && { key: row.key }),
  at: new Date(row.at),
  payload: JSON.parse(row.payload) as Record<string, unknown>,
});

/** Within the caller's transaction; an event whose key is there already is left out. */
export const appendEvents = (sql: Sql, events: readonly OpsEvent[]): void => {
  for (const { type, subject, key, at, payload } of events) {
    sql.run(
      'INSERT INTO event (type, subject, key, at, payload) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING',
      type,
      subject,
      key ?? null,
      at.getTime(),
      JSON.stringify(payload),
    );
  }
};

/** The outbox in ops.db. */
export const sqliteEvents = (db: Handle): EventLog => ({
  append: async (events) => {
    if (events.length > 0) await db.write((sql) => appendEvents(sql, events));
  },

  after: (sequence, limit, types = []) =>
    db.read((sql) =>
      sql
        .all<EventRow>(
          `SELECT sequence, type, subject, key, at, payload FROM event
           WHERE sequence > ? AND (? = '[]' OR EXISTS (
             SELECT 1 FROM json_each(?) AS wanted WHERE substr(event.type, 1, length(wanted.value)) = wanted.value))
           ORDER BY sequence LIMIT ?`,
          sequence,
          JSON.stringify(types),
          JSON.stringify(types),
          limit,
        )
        .map((row) => fromRow(row)),
    ),

  newest: () =>
    db.read((sql) => sql.get<{ newest: number | null }>('SELECT max(sequence) AS newest FROM event')?.newest ?? 0),

  cursor: (consumer) =>
    db.read(
      (sql) =>
        sql.get<{ sequence: number }>('SELECT sequence FROM event_cursor WHERE consumer = ?', consumer)?.sequence ?? 0,
    ),

  advance: async (consumer, sequence) => {
    await db.write((sql) =>
      sql.run(
        `INSERT INTO event_cursor (consumer, sequence) VALUES (?, ?)
         ON CONFLICT (consumer) DO UPDATE SET sequence = max(sequence, excluded.sequence)`,
        consumer,
        sequence,
      ),
    );
  },

  prune: (before) =>
    db.write((sql) =>
      sql.run(
        `DELETE FROM event WHERE at < ? AND sequence <= coalesce((SELECT min(sequence) FROM event_cursor), sequence)`,
        before.getTime(),
      ),
    ),
});
