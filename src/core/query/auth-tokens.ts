import { createHash, timingSafeEqual } from 'node:crypto';
import { OpsError } from '../../base/errors.js';
import type { Principal, RoleOf } from '../shared/index.js';
import { ObjectName } from './model.js';

/** A bearer token of the query platform; of the secret only the hash is kept in memory. */
export interface PlatformToken {
  readonly hash: Uint8Array;
  readonly principal: Principal;
}

export interface PlatformTokens {
  readonly tokens: readonly PlatformToken[];
  /** Sentences for the log; they name positions, never text of the list. */
  readonly warnings: readonly string[];
}

const roles = ['read', 'write', 'admin'] as const;
const isRole = (text: string): text is RoleOf<'query'> => roles.some((role) => role === text);

const hashOf = (secret: string): Uint8Array => createHash('sha256').update(secret).digest();

/** One entry; undefined where it is malformed. */
const parseEntry = (entry: string, position: number): PlatformToken | undefined => {
  const colon = entry.indexOf(':');
  if (colon <= 0) return undefined;
  const secret = entry.slice(0, colon).trim();
  const [role = '', scope, ...rest] = entry
    .slice(colon + 1)
    .split(':')
    .map((part) => part.trim());
  if (secret === '' || !isRole(role) || rest.length > 0) return undefined;
  const databases = scope?.split('|').map((name) => name.trim());
  if (databases?.some((name) => !ObjectName.safeParse(name).success)) return undefined;
  return {
    hash: hashOf(secret),
    principal: {
      kind: 'surface',
      name: `KYMA_AUTH_TOKENS[${position}]`,
      grants: { query: role },
      ...(databases && { databases }),
    },
  };
};

/**
 * `KYMA_AUTH_TOKENS`: a comma list of `token:role`, optionally `token:role:db1|db2` (`kyma` §2.1). Malformed entries are
 * skipped with a warning. Throws `usage` for a list that is set but holds no valid entry: it would leave the door open.
 */
export const parsePlatformTokens = (text: string | undefined): PlatformTokens => {
  if (text === undefined || text.trim() === '') return { tokens: [], warnings: [] };
  const tokens: PlatformToken[] = [];
  const warnings: string[] = [];
  text.split(',').forEach((entry, index) => {
    if (entry.trim() === '') return;
    const token = parseEntry(entry.trim(), index + 1);
    if (token) tokens.push(token);
    else
      warnings.push(`KYMA_AUTH_TOKENS: entry ${index + 1} is not TOKEN:ROLE with role read, write or admin: skipped`);
  });
  if (tokens.length > 0) return { tokens, warnings };
  throw new OpsError(
    'usage',
    'KYMA_AUTH_TOKENS is set, but none of its entries is valid',
    'write TOKEN:ROLE with role read, write or admin, separated by commas, or unset it',
    { reason: 'bad_setting' },
  );
};

/** The holder of this secret. Compares with every token in constant time. */
export const platformPrincipal = (tokens: readonly PlatformToken[], secret: string): Principal | undefined => {
  const hash = hashOf(secret);
  let found: Principal | undefined;
  for (const token of tokens) if (timingSafeEqual(token.hash, hash)) found ??= token.principal;
  return found;
};
