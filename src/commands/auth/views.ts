import type { z } from 'zod';
import { type Account, type CreatedToken, type OpsToken, rolesText } from '../../core/identity/index.js';
import type { Grants } from '../../core/shared/index.js';
import type { ListView, ThingView } from '../../render/index.js';

/** To the second. */
const instant = (text: string | null, none: string): string => text?.replace(/\.\d+Z$/, 'Z') ?? none;

const roles = (grants: Grants): string => rolesText(grants) || '-';

type Token = z.infer<typeof OpsToken>;

const stateOf = ({ revoked_at, expires_at }: Token, now: Date): 'active' | 'expired' | 'revoked' => {
  if (revoked_at !== null) return 'revoked';
  return expires_at !== null && new Date(expires_at) <= now ? 'expired' : 'active';
};

const tones = { active: 'good', expired: 'warn', revoked: 'dim' } as const;

export const tokensView = (now: Date): ListView<Token> => ({
  noun: 'tokens',
  columns: [
    { head: 'ID', cell: ({ id }) => id, id: true },
    { head: 'NAME', cell: ({ name }) => name },
    { head: 'STATE', cell: (token) => stateOf(token, now), tone: (token) => tones[stateOf(token, now)] },
    { head: 'ROLES', cell: ({ grants }) => roles(grants), shrink: 2 },
    { head: 'EXPIRES', cell: ({ expires_at }) => instant(expires_at, 'never') },
    { head: 'LAST USED', cell: ({ last_used_at }) => instant(last_used_at, 'never') },
    { head: 'CREATED', cell: ({ created_at }) => instant(created_at, ''), wide: true },
    { head: 'REVOKED', cell: ({ revoked_at }) => instant(revoked_at, ''), wide: true },
  ],
  name: ({ id }) => id,
});

export const tokenView: ThingView<Token> = {
  lines: ({ id, name, grants, expires_at, revoked_at }) => [
    ['id', id],
    ['name', name],
    ['roles', roles(grants)],
    ['expires', instant(expires_at, 'never')],
    ...(revoked_at === null ? [] : ([['revoked', instant(revoked_at, '')]] as const)),
  ],
  name: ({ id }) => id,
};

export const createdTokenView: ThingView<CreatedToken> = {
  lines: (token) => [['token', token.token], ...tokenView.lines(token)],
  name: ({ id }) => id,
};

export const accountsView: ListView<Account> = {
  noun: 'accounts',
  columns: [
    { head: 'USERNAME', cell: ({ username }) => username, id: true },
    { head: 'ROLES', cell: ({ grants }) => roles(grants), shrink: 2 },
    { head: 'E-MAIL', cell: ({ email }) => email ?? '' },
    { head: 'CREATED', cell: ({ created_at }) => instant(created_at, '') },
  ],
  name: ({ username }) => username,
};

export const accountView: ThingView<Account> = {
  lines: ({ username, email, grants, created_at }) => [
    ['username', username],
    ['e-mail', email ?? '-'],
    ['roles', roles(grants)],
    ['created', instant(created_at, '')],
  ],
  name: ({ username }) => username,
};

/** Who somebody is, on which server, and for how long. */
export const identityLines = (who: {
  readonly grants: Grants;
  readonly server: string | null;
  readonly expires_at: string | null;
}): readonly (readonly [string, string])[] => [
  ['server', who.server ?? 'none: this machine'],
  ['roles', roles(who.grants)],
  ...(who.expires_at === null ? [] : ([['expires', instant(who.expires_at, '')]] as const)),
];
