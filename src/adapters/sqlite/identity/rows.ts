import { rolesOf, type StoredAccount, type StoredSession, type StoredToken } from '../../../core/identity/index.js';
import type { Grants } from '../../../core/shared/index.js';

const instant = (ms: number): Date => new Date(ms);
const instantOrNone = (ms: number | null): Date | undefined => (ms === null ? undefined : instant(ms));

const grantsFromJson = (json: string): Grants => JSON.parse(json) as Grants;

/** One spelling for one set of roles, so that equal sets are equal text. */
export const grantsJson = (grants: Grants): string => JSON.stringify(Object.fromEntries(rolesOf(grants)));

export const hashText = (hash: Uint8Array): string => Buffer.from(hash).toString('hex');
const hashFromText = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly secret_hash: string;
  readonly grants: string;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly last_used_at: number | null;
  readonly revoked_at: number | null;
}

/** Complete it with conditions and an order. */
export const tokenSelect =
  'SELECT id, name, secret_hash, grants, created_at, expires_at, last_used_at, revoked_at FROM ops_token';

export const tokenFromRow = (row: TokenRow): StoredToken => ({
  id: row.id,
  name: row.name,
  secretHash: hashFromText(row.secret_hash),
  grants: grantsFromJson(row.grants),
  createdAt: instant(row.created_at),
  expiresAt: instantOrNone(row.expires_at),
  lastUsedAt: instantOrNone(row.last_used_at),
  revokedAt: instantOrNone(row.revoked_at),
});

export interface AccountRow {
  readonly id: number;
  readonly username: string;
  readonly email: string | null;
  readonly password_hash: string;
  readonly grants: string;
  readonly created_at: number;
}

/** Complete it with conditions and an order. */
export const accountSelect = 'SELECT id, username, email, password_hash, grants, created_at FROM account';

export const accountFromRow = (row: AccountRow): StoredAccount => ({
  username: row.username,
  email: row.email ?? undefined,
  passwordHash: row.password_hash,
  grants: grantsFromJson(row.grants),
  createdAt: instant(row.created_at),
});

export interface SessionRow {
  readonly id: string;
  readonly username: string;
  readonly secret_hash: string;
  readonly created_at: number;
  readonly expires_at: number;
}

/** Complete it with conditions. */
export const sessionSelect = `
  SELECT session.id, username, secret_hash, session.created_at, expires_at
  FROM session
  JOIN account ON account.id = account_id`;

export const sessionFromRow = (row: SessionRow): StoredSession => ({
  id: row.id,
  username: row.username,
  secretHash: hashFromText(row.secret_hash),
  createdAt: instant(row.created_at),
  expiresAt: instant(row.expires_at),
});
