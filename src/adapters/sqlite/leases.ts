import type { Leases, LoopJournal } from '../../core/shared/index.js';
import type { Handle } from './handle.js';

/** Leases in ops.db. */
export const sqliteLeases = (db: Handle): Leases => ({
  acquire: (name, holder, ttlMs, now) =>
    db.write((sql) =>
      sql.get<{ fence: number }>(
        `INSERT INTO lease (name, holder, fence, expires_at) VALUES (?, ?, 1, ?)
         ON CONFLICT (name) DO UPDATE
         SET holder = excluded.holder, expires_at = excluded.expires_at,
             fence = fence + (holder IS NOT excluded.holder)
         WHERE holder IS NULL OR holder = excluded.holder OR expires_at <= ?
         RETURNING fence`,
        name,
        holder,
        now.getTime() + ttlMs,
        now.getTime(),
      ),
    ),

  release: async (name, holder) => {
    await db.write((sql) =>
      sql.run('UPDATE lease SET holder = NULL, expires_at = 0 WHERE name = ? AND holder = ?', name, holder),
    );
  },

  held: (now) =>
    db.read((sql) =>
      sql
        .all<{ name: string; holder: string; expires_at: number }>(
          'SELECT name, holder, expires_at FROM lease WHERE holder IS NOT NULL AND expires_at > ? ORDER BY name',
          now.getTime(),
        )
        .map(({ name, holder, expires_at }) => ({ name, holder, expiresAt: new Date(expires_at) })),
    ),
});

/** The last run of each loop. */
export const sqliteLoopJournal = (db: Handle): LoopJournal => ({
  lastRun: async (loop) => {
    const row = await db.read((sql) =>
      sql.get<{ started_at: number }>('SELECT started_at FROM loop_run WHERE loop = ?', loop),
    );
    return row && new Date(row.started_at);
  },

  record: async (loop, { startedAt, ok, detail }) => {
    await db.write((sql) =>
      sql.run(
        'INSERT OR REPLACE INTO loop_run (loop, started_at, ok, detail) VALUES (?, ?, ?, ?)',
        loop,
        startedAt.getTime(),
        Number(ok),
        detail,
      ),
    );
  },
});
