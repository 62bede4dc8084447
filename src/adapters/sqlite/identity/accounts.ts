import { accountTaken, type IdentityStore } from '../../../core/identity/index.js';
import { appendEvents } from '../events.js';
import type { Handle } from '../handle.js';
import type { Sql } from '../sql.js';
import {
  type AccountRow,
  accountFromRow,
  accountSelect,
  grantsJson,
  hashText,
  type SessionRow,
  sessionFromRow,
  sessionSelect,
} from './rows.js';

type Accounts = Omit<
  IdentityStore,
  'addToken' | 'tokens' | 'token' | 'revokeToken' | 'touchToken' | 'sweepIdentity' | 'record'
>;

const byName = `${accountSelect} WHERE username = ?`;
const byNameOrEmail = `${accountSelect} WHERE username = ? OR email = ?`;

const called = (sql: Sql, nameOrEmail: string): AccountRow | undefined =>
  sql.get<AccountRow>(byNameOrEmail, nameOrEmail, nameOrEmail);

/** Accounts in ops.db, and the sessions that hang on them: these go with their account by the foreign key. */
export const accounts = (db: Handle): Accounts => ({
  addAccount: ({ username, email, passwordHash, grants, createdAt }, events) =>
    db.write((sql) => {
      for (const wanted of email === undefined ? [username] : [username, email]) {
        const taken = called(sql, wanted);
        if (taken) throw accountTaken(taken, wanted);
      }
      sql.run(
        'INSERT INTO account (username, email, password_hash, grants, created_at) VALUES (?, ?, ?, ?, ?)',
        username,
        email ?? null,
        passwordHash,
        grantsJson(grants),
        createdAt.getTime(),
      );
      appendEvents(sql, events);
    }),

  accounts: () =>
    db.read((sql) => sql.all<AccountRow>(`${accountSelect} ORDER BY username`).map((row) => accountFromRow(row))),

  account: (nameOrEmail) =>
    db.read((sql) => {
      const row = called(sql, nameOrEmail);
      return row && accountFromRow(row);
    }),

  setGrants: (username, { from, to }, events) =>
    db.write((sql) => {
      const account = sql.get<AccountRow>(byName, username);
      if (!account || account.grants !== grantsJson(from)) return false;
      const next = grantsJson(to);
      if (next === '{}') sql.run('DELETE FROM account WHERE id = ?', account.id);
      else sql.run('UPDATE account SET grants = ? WHERE id = ?', next, account.id);
      appendEvents(sql, events);
      return true;
    }),

  setPassword: (username, passwordHash, events) =>
    db.write((sql) => {
      const account = sql.get<AccountRow>(byName, username);
      if (!account) return false;
      sql.run('UPDATE account SET password_hash = ? WHERE id = ?', passwordHash, account.id);
      sql.run('DELETE FROM session WHERE account_id = ?', account.id);
      appendEvents(sql, events);
      return true;
    }),

  removeAccount: (username, events) =>
    db.write((sql) => {
      if (sql.run('DELETE FROM account WHERE username = ?', username) === 0) return false;
      appendEvents(sql, events);
      return true;
    }),

  addSession: ({ id, username, secretHash, createdAt, expiresAt }, events) =>
    db.write((sql) => {
      const added = sql.run(
        `INSERT INTO session (id, account_id, secret_hash, created_at, expires_at)
         SELECT ?, id, ?, ?, ? FROM account WHERE username = ?`,
        id,
        hashText(secretHash),
        createdAt.getTime(),
        expiresAt.getTime(),
        username,
      );
      if (added === 0) return false;
      appendEvents(sql, events);
      return true;
    }),

  session: (id) =>
    db.read((sql) => {
      const row = sql.get<SessionRow>(`${sessionSelect} WHERE session.id = ?`, id);
      return row && sessionFromRow(row);
    }),

  removeSession: (id, events) =>
    db.write((sql) => {
      if (sql.run('DELETE FROM session WHERE id = ?', id) === 0) return false;
      appendEvents(sql, events);
      return true;
    }),
});
