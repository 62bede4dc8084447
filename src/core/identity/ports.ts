import type { Clock } from '../../base/clock.js';
import type { Grants, OpsEvent } from '../shared/index.js';

/** A token as it is kept: of the secret only its SHA-256 (it has 256 random bits, so no salt is needed). */
export interface StoredToken {
  readonly id: string;
  readonly name: string;
  readonly secretHash: Uint8Array;
  readonly grants: Grants;
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
  readonly lastUsedAt: Date | undefined;
  readonly revokedAt: Date | undefined;
}

export interface StoredAccount {
  readonly username: string;
  readonly email: string | undefined;
  /** argon2id in its standard text form. */
  readonly passwordHash: string;
  readonly grants: Grants;
  readonly createdAt: Date;
}

export interface StoredSession {
  readonly id: string;
  readonly username: string;
  readonly secretHash: Uint8Array;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A token revoked or expired for longer than this is forgotten: 90 days. */
export const uselessAfterMs = 90 * 86_400_000;

/**
 * The one place where users, tokens and sessions are kept. Writes are durable when they resolve; the `events` handed
 * in are appended to the outbox in the same transaction. User names and e-mail addresses are compared without case.
 */
export interface IdentityStore {
  /** `conflict` where an unrevoked token has the name. */
  addToken(token: StoredToken, events: readonly OpsEvent[]): Promise<void>;
  /** Newest first, revoked and expired ones included. */
  tokens(): Promise<readonly StoredToken[]>;
  token(id: string): Promise<StoredToken | undefined>;
  /** False where there is none of this id, or where it was revoked before. */
  revokeToken(id: string, at: Date, events: readonly OpsEvent[]): Promise<boolean>;
  /** Need not be durable, never moves backwards; told once a minute, so that a busy token does not write at each request. */
  touchToken(id: string, at: Date): Promise<void>;

  /** `conflict` where username or e-mail exists: one account's name is never another one's address. */
  addAccount(account: StoredAccount, events: readonly OpsEvent[]): Promise<void>;
  /** By username. */
  accounts(): Promise<readonly StoredAccount[]>;
  /** By username or e-mail. */
  account(nameOrEmail: string): Promise<StoredAccount | undefined>;
  /**
   * Replaces the roles; where `to` is empty the account goes with its sessions. False, and nothing done, where there is
   * no such account or its roles are not `from` any more: two changes at once never undo each other.
   */
  setGrants(
    username: string,
    change: { readonly from: Grants; readonly to: Grants },
    events: readonly OpsEvent[],
  ): Promise<boolean>;
  /** Ends the account's sessions. False where there is no such account. */
  setPassword(username: string, passwordHash: string, events: readonly OpsEvent[]): Promise<boolean>;
  /** With its sessions. */
  removeAccount(username: string, events: readonly OpsEvent[]): Promise<boolean>;

  /** False where the account is gone. */
  addSession(session: StoredSession, events: readonly OpsEvent[]): Promise<boolean>;
  session(id: string): Promise<StoredSession | undefined>;
  removeSession(id: string, events: readonly OpsEvent[]): Promise<boolean>;
  /** Forgets expired sessions, and tokens that have been of no use for longer than `uselessAfterMs`; how many. */
  sweepIdentity(now: Date): Promise<number>;

  /** Events that change nothing here: a login that failed. */
  record(events: readonly OpsEvent[]): Promise<void>;
}

/** argon2id. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** In constant time with respect to the password. */
  verify(hash: string, password: string): Promise<boolean>;
}

/** What the use cases need. */
export interface IdentityDeps {
  readonly store: IdentityStore;
  readonly passwords: PasswordHasher;
  readonly clock: Clock;
  /** Time-ordered; for what the audit cannot name otherwise. */
  readonly newId: () => string;
  /** Of a source fit for secrets. */
  readonly randomBytes: (n: number) => Uint8Array;
}
