import type { IdentityService } from '../core/identity/index.js';
import { type PlatformToken, platformPrincipal } from '../core/query/index.js';
import { hasRole, isAdministrator, type Principal } from '../core/shared/index.js';
import { forbidden, unauthorized } from './error-response.js';
import type { Owner } from './paths.js';
import type { Demand } from './route.js';

/** What decides who somebody is. */
export interface AccessRules {
  readonly identity: () => Promise<IdentityService>;
  /** Of `KYMA_AUTH_TOKENS`. */
  readonly platformTokens: readonly PlatformToken[];
  /** True where every surface that can write demands a credential. */
  readonly authOn: boolean;
  /** Set where requests come from this very process (`ops api`): they act as this principal. */
  readonly everybody?: Principal | undefined;
}

/** The credential of an `Authorization: Bearer …` header. Throws `unauthenticated` for another scheme. */
export const bearerOf = (header: string | undefined): string | undefined => {
  if (header === undefined || header.trim() === '') return undefined;
  const [, credential] = /^bearer +(\S+)\s*$/i.exec(header) ?? [];
  if (credential !== undefined) return credential;
  throw unauthorized('the Authorization header is not "Bearer TOKEN"', 'send Authorization: Bearer TOKEN');
};

const isOurs = (credential: string): boolean => /^ops[ts]_/.test(credential);

const makeOne =
  'put a token into OPS_TOKEN or --token-file; one is made beside the server with `ops auth token create --name NAME --role AREA=ROLE`';

/**
 * Who asks, by the rules of the path's owner: ops tokens and sessions are known by their prefix before any surface's own
 * bearer rule. Throws `unauthenticated` for a credential that nobody knows, and for none where one is needed.
 */
export const principalOf = async (
  rules: AccessRules,
  asked: { readonly owner: Owner; readonly credential: string | undefined; readonly loopback: boolean },
): Promise<Principal> => {
  const { credential, loopback, owner } = asked;
  if (rules.everybody) return rules.everybody;
  if (credential !== undefined && isOurs(credential)) {
    const principal = await (await rules.identity()).authenticate(credential);
    if (!principal) throw unauthorized('the token is unknown, expired or revoked', makeOne);
    return { ...principal, loopback };
  }
  const anonymous: Principal = { ...nobody, loopback };
  if (owner !== 'query') {
    if (credential === undefined) return anonymous;
    throw unauthorized('the token is no ops token and no session', makeOne);
  }
  const open = !rules.authOn && rules.platformTokens.length === 0;
  if (open) return { ...anonymous, grants: { query: 'admin' } };
  if (credential === undefined) return anonymous;
  const principal = platformPrincipal(rules.platformTokens, credential);
  if (!principal) throw unauthorized('the token is unknown', 'use a token of KYMA_AUTH_TOKENS, or an ops token');
  return { ...principal, loopback };
};

/** Somebody of whom nothing is known. */
export const nobody: Principal = { kind: 'anonymous', name: 'anonymous', grants: {} };

/** Throws `unauthenticated` where nobody in particular asks, `forbidden` where the role is too low. */
export const demandOf = (demand: Demand, principal: Principal): void => {
  if (demand === 'open' || demand === 'known') return;
  const isNobody = principal.kind === 'anonymous';
  if (demand === 'ops' || demand === 'administrator') {
    if (isNobody) throw unauthorized('this needs an ops token, or the session of an administrator', makeOne);
    const mayOps = principal.kind === 'token' || principal.kind === 'local' || isAdministrator(principal);
    if (demand === 'ops' ? mayOps : isAdministrator(principal)) return;
    throw forbidden(`${principal.name} is no administrator`, 'ask one of them');
  }
  if (hasRole(principal, 'query', demand.query)) return;
  if (isNobody) throw unauthorized('this needs a token', makeOne);
  throw forbidden(
    `${principal.name} has not the query role "${demand.query}"`,
    `use a token that has it: ops auth token create --name NAME --role query=${demand.query}`,
  );
};
