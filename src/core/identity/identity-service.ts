import type { Area, Grants, Principal, RoleOf } from '../shared/index.js';
import type { Account, CreatedToken, Login, NewAccount, NewToken, OpsToken, Session } from './model.js';

/** Who does it, for the audit. */
export interface Actor {
  readonly principal: Principal;
  readonly requestId?: string | undefined;
}

/** The use cases of identity. Every change leaves an event `audit.write` in the outbox. */
export interface IdentityService {
  /** `usage` for an expiry in the past; `conflict` where the name is taken. Nobody may grant more than he holds (`forbidden`). */
  createToken(token: NewToken, actor: Actor): Promise<CreatedToken>;
  /** Newest first. */
  tokens(): Promise<readonly OpsToken[]>;
  /** `not_found` for an unknown id or one revoked before. */
  revokeToken(id: string, actor: Actor): Promise<OpsToken>;

  /**
   * The holder of an ops token (`opst_…`) or session token (`opss_…`). Undefined for everything else, expired and
   * revoked ones included; compared in constant time. A session has the account's roles of this moment.
   */
  authenticate(credential: string): Promise<Principal | undefined>;

  /**
   * `unauthenticated` for a wrong name or password, without telling which; `limit_exceeded` (reason
   * `too_many_requests`, details `retryAfterSeconds`) after five failures of a name or twenty of an address in
   * fifteen minutes.
   */
  login(login: Login, from: { readonly address: string; readonly requestId?: string }): Promise<Session>;
  /** Ends a session; a credential that is none is not an error. */
  logout(credential: string): Promise<void>;

  accounts(): Promise<readonly Account[]>;
  /** `conflict` names `ops auth user grant`. */
  createAccount(account: NewAccount, actor: Actor): Promise<Account>;
  deleteAccount(username: string, actor: Actor): Promise<void>;
  grant<A extends Area>(username: string, area: A, role: RoleOf<A>, actor: Actor): Promise<Account>;
  /** The account goes with its last role. */
  revoke(username: string, area: Area, actor: Actor): Promise<Account | undefined>;

  /** True where some account or unrevoked token has a role in the area: then it is not open for a first sign-up. */
  hasAnybody(area: Area): Promise<boolean>;
}

export type { Grants };
