import { type IdentityStore, uselessAfterMs } from '../../../core/identity/index.js';
import { appendEvents } from '../events.js';
import type { Handle } from '../handle.js';
import { accounts } from './accounts.js';
import { tokens } from './tokens.js';

// Revoked or expired, whichever was first; null, and so never before anything, for a token in force without an end.
const endedAt = 'min(coalesce(revoked_at, expires_at), coalesce(expires_at, revoked_at))';

/** Users, tokens and sessions in ops.db. */
export const sqliteIdentity = (db: Handle): IdentityStore => ({
  ...tokens(db),
  ...accounts(db),

  sweepIdentity: async (now) => {
    const useless = now.getTime() - uselessAfterMs;
    const found = await db.read((sql) =>
      sql.get<{ n: number }>(
        `SELECT (SELECT count(*) FROM session WHERE expires_at <= ?)
              + (SELECT count(*) FROM ops_token WHERE ${endedAt} < ?) AS n`,
        now.getTime(),
        useless,
      ),
    );
    // Most calls find nothing: they need not wait for a writer.
    if (!found || found.n === 0) return 0;
    return db.write(
      (sql) =>
        sql.run('DELETE FROM session WHERE expires_at <= ?', now.getTime()) +
        sql.run(`DELETE FROM ops_token WHERE ${endedAt} < ?`, useless),
    );
  },

  record: async (events) => {
    if (events.length > 0) await db.write((sql) => appendEvents(sql, events));
  },
});
