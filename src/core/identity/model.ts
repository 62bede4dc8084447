import { z } from 'zod';
import { Grants, type Principal } from '../shared/index.js';

/** Names of accounts and tokens: they stand in logs and on command lines. */
export const IdentityName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$/,
    'must be 1 to 128 letters, digits or . _ @ + -, beginning with a letter or digit',
  );

/** An ops token as it is listed; its secret is shown once, when it is made. Instants are RFC 3339. */
export const OpsToken = z.object({
  id: z.string(),
  name: z.string(),
  grants: Grants,
  created_at: z.string(),
  expires_at: z.string().nullable(),
  /** To the minute; null for one that was never used. */
  last_used_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
});
export type OpsToken = z.infer<typeof OpsToken>;

export const NewToken = z.strictObject({
  name: IdentityName,
  grants: Grants,
  expires_at: z.iso.datetime({ offset: true }).nullable().optional(),
});
export type NewToken = z.infer<typeof NewToken>;

/** `token` is `opst_<id>_<secret>`: nobody can show it again. */
export const CreatedToken = OpsToken.extend({ token: z.string() });
export type CreatedToken = z.infer<typeof CreatedToken>;

export const Account = z.object({
  username: z.string(),
  email: z.string().nullable(),
  grants: Grants,
  created_at: z.string(),
});
export type Account = z.infer<typeof Account>;

/** Shortest password that `/ops/v1` takes; a platform's own surface may ask for more. */
export const minPasswordLength = 12;
/** Longest, in characters: hashing must not become somebody's way to keep the server busy. */
export const maxPasswordLength = 1_024;

export const NewAccount = z.strictObject({
  username: IdentityName,
  email: z.email().max(254).nullable().optional(),
  password: z.string().min(minPasswordLength).max(maxPasswordLength),
  grants: Grants,
});
export type NewAccount = z.infer<typeof NewAccount>;

export const Login = z.strictObject({
  username: z.string().min(1).max(254),
  password: z.string().min(1).max(maxPasswordLength),
});
export type Login = z.infer<typeof Login>;

/** Answer to a login: `token` is `opss_<id>_<secret>`, good until it expires or is logged out. */
export const Session = z.object({
  token: z.string(),
  username: z.string(),
  grants: Grants,
  expires_at: z.string(),
});
export type Session = z.infer<typeof Session>;

/** Who somebody is to the server. */
export const WhoAmI = z.object({
  kind: z.enum(['local', 'anonymous', 'token', 'session', 'surface']),
  name: z.string(),
  grants: Grants,
});
export type WhoAmI = z.infer<typeof WhoAmI>;

export const whoAmI = ({ kind, name, grants }: Principal): WhoAmI => ({ kind, name, grants });
