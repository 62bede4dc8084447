import { type IdentityStore, tokenNameTaken } from '../../../core/identity/index.js';
import { appendEvents } from '../events.js';
import type { Handle } from '../handle.js';
import { grantsJson, hashText, type TokenRow, tokenFromRow, tokenSelect } from './rows.js';

type Tokens = Pick<IdentityStore, 'addToken' | 'tokens' | 'token' | 'revokeToken' | 'touchToken'>;

/** Ops tokens in ops.db. */
export const tokens = (db: Handle): Tokens => ({
  addToken: (token, events) =>
    db.write((sql) => {
      const { id, name, secretHash, grants, createdAt, expiresAt, lastUsedAt, revokedAt } = token;
      const taken = sql.get<TokenRow>(`${tokenSelect} WHERE name = ? AND revoked_at IS NULL`, name);
      if (taken) throw tokenNameTaken(taken);
      sql.run(
        `INSERT INTO ops_token (id, name, secret_hash, grants, created_at, expires_at, last_used_at, revoked_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        name,
        hashText(secretHash),
        grantsJson(grants),
        createdAt.getTime(),
        expiresAt?.getTime() ?? null,
        lastUsedAt?.getTime() ?? null,
        revokedAt?.getTime() ?? null,
      );
      appendEvents(sql, events);
    }),

  tokens: () =>
    db.read((sql) => sql.all<TokenRow>(`${tokenSelect} ORDER BY created_at DESC, sequence DESC`).map(tokenFromRow)),

  token: (id) =>
    db.read((sql) => {
      const row = sql.get<TokenRow>(`${tokenSelect} WHERE id = ?`, id);
      return row && tokenFromRow(row);
    }),

  revokeToken: (id, at, events) =>
    db.write((sql) => {
      const text = 'UPDATE ops_token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL';
      if (sql.run(text, at.getTime(), id) === 0) return false;
      appendEvents(sql, events);
      return true;
    }),

  touchToken: async (id, at) => {
    await db.announce((sql) =>
      sql.run(
        'UPDATE ops_token SET last_used_at = ? WHERE id = ? AND coalesce(last_used_at, 0) < ?',
        at.getTime(),
        id,
        at.getTime(),
      ),
    );
  },
});
